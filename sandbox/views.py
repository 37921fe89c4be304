"""What the control API tells of the world, as JSON."""

import unicodedata
from collections.abc import Iterator
from functools import cache
from itertools import islice

from sandbox.chat import Chat
from sandbox.facts import Bot, Message, Person
from sandbox.journal import as_json
from sandbox.links import link_of
from sandbox.world import World

Json = dict[str, object]

SHOWN = 500


@cache
def folded(text: str) -> str:
    """For searching: small letters without diacritics."""
    plain = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return "".join(char for char in plain if not unicodedata.combining(char))


def _matches(query: str, *texts: str) -> bool:
    words = folded(query).split()
    if not words:
        return True
    haystack = " ".join(folded(text) for text in texts)
    return all(word in haystack for word in words)


def bot(one: Bot) -> Json:
    """A bot, and the link by which people meet it."""
    return as_json(one) | {"messenger": one.messenger, "link": link_of(one)}


def person(one: Person) -> Json:
    return as_json(one)


def people(world: World, query: str, after: int, limit: int) -> list[Json]:
    """People with these words in their name, label or folder, from the one after `after`."""
    found = (
        one
        for one in world.people.values()
        if one.id > after
        and _matches(query, one.name, one.last_name, one.label, " ".join(one.folder))
    )
    return [person(one) for one in islice(found, limit)]


def message(world: World, seq: int, one: Message) -> Json:
    """A message with its place in the journal, its sender's name and who it is for the reader."""
    extra: Json = {"seq": seq, "sender_name": world.name_of(one.sender)}
    if one.poll:
        votes = world.votes.get((one.chat, one.id), {})
        extra["votes"] = {str(voter): list(options) for voter, options in votes.items()}
    return as_json(one) | extra


def messages_after(world: World, chat: Chat, seq: int) -> list[Json]:
    return [message(world, at, one) for at, one in chat.changed_after(seq)]


def messages_before(world: World, chat: Chat, before: int, limit: int) -> list[Json]:
    """A page of history, oldest first."""
    page = list(islice(chat.before(before or chat.next_id), limit))[::-1]
    return [message(world, chat.changed[one.id], one) for one in page]


def title(world: World, chat: Chat) -> str:
    return world.partner(chat)[1].name if chat.kind == "private" else chat.title


def row(world: World, chat: Chat) -> Json:
    """A chat in a list: its last message in short."""
    last = chat.last
    return {
        "id": chat.id,
        "kind": chat.kind,
        "messenger": chat.messenger,
        "title": title(world, chat),
        "folder": list(chat.folder),
        "count": chat.next_id - 1,
        "last": _short(world, last) if last else None,
    }


def _short(world: World, one: Message) -> Json:
    short: Json = {
        "id": one.id,
        "sender": one.sender,
        "sender_name": world.name_of(one.sender),
        "date": one.date,
        "text": one.text[:160],
    }
    if one.file:
        short["file"] = {"kind": one.file.kind, "name": one.file.name, "emoji": one.file.emoji}
    if one.service:
        short["service"] = one.service.kind
    if one.poll:
        short["text"] = one.poll.question
    return short


def chats_of(world: World, one: Person) -> list[Json]:
    rooms = (world.chats[chat] for chat in world.chats_of.get(one.id, ()))
    return [row(world, room) | {"unread": room.unread(one.id)} for room in rooms]


def groups(world: World, query: str, after: str, limit: int) -> list[Json]:
    """Groups in the order of their making, from the one after `after`; not those that moved."""
    found: Iterator[Chat] = (room for room in world.chats.values() if room.kind != "private")
    if after:
        found = _following(found, after)
    return [
        row(world, room) for room in islice((room for room in found if _listed(room, query)), limit)
    ]


def _listed(room: Chat, query: str) -> bool:
    return not (room.moved_to or room.dissolved) and _matches(
        query, room.title, " ".join(room.folder)
    )


def _following(rooms: Iterator[Chat], after: str) -> Iterator[Chat]:
    for room in rooms:
        if room.id == after:
            break
    return rooms


def chat(world: World, room: Chat) -> Json:
    """A chat with its members; a big one with the first SHOWN of them."""
    shown, pinned = islice(room.members.items(), SHOWN), room.messages.get(room.pinned)
    members = [_member(world, user, role) for user, role in shown]
    detail: Json = {
        "members": members,
        "member_count": len(room.members),
        "pinned": _short(world, pinned) if pinned else None,
        "moved_to": room.moved_to,
        "dissolved": room.dissolved,
        "removed": sorted(room.removed),
    }
    if room.kind == "private":
        owner, its_bot = world.partner(room)
        detail |= {
            "person": owner.id,
            "bot": its_bot.id,
            "blocked": (owner.id, its_bot.id) in world.blocked,
            "follows": (owner.id, its_bot.id) in world.followers,
        }
    return row(world, room) | detail


def _member(world: World, user: int, role: str) -> Json:
    shape: Json = {"id": user, "name": world.name_of(user), "role": role}
    if user in world.bots:
        return shape | {"bot": True, "username": world.bots[user].username}
    return shape | {"label": world.people[user].label}
