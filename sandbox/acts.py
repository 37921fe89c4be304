"""What people do in the pretend world. Each act is checked, then recorded as facts."""

import secrets
from dataclasses import replace

from sandbox.chat import Chat
from sandbox.entities import detect, utf16
from sandbox.facts import (
    Blocked,
    Bot,
    Deleted,
    Edited,
    Entity,
    File,
    Message,
    Messenger,
    Opened,
    Person,
    Pressed,
    Read,
    Unblocked,
    Voted,
)
from sandbox.mentions import spoken
from sandbox.numbers import whole
from sandbox.posting import post
from sandbox.world import World, private_id

MAX_TEXT = 4096
MAX_CAPTION = 1024
_MOST_PEOPLE: dict[Messenger, int] = {"zalo_bot": 50}


class ActError(Exception):
    """What was asked cannot be done; the text says why, `status` is HTTP's."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


def person_of(world: World, person: int) -> Person:
    if person not in world.people:
        raise ActError(404, f"there is no person {person}")
    return world.people[person]


def bot_of(world: World, name: str) -> Bot:
    """The bot of a username or an id."""
    bot = world.bots.get(whole(name)) or world.bot_named(name)
    if not bot:
        raise ActError(404, f"there is no bot {name!r}")
    return bot


def chat_of(world: World, chat: str) -> Chat:
    if chat not in world.chats:
        raise ActError(404, f"there is no chat {chat!r}")
    return world.chats[chat]


def group_of(world: World, chat: str) -> Chat:
    group = chat_of(world, chat)
    if group.kind == "private":
        raise ActError(400, f"{chat!r} is a private chat")
    if group.moved_to:
        raise ActError(409, f"{chat!r} has become the supergroup {group.moved_to!r}")
    if group.dissolved:
        raise ActError(409, f"{chat!r} is dissolved")
    return group


def message_of(chat: Chat, message: int) -> Message:
    if message not in chat.messages:
        raise ActError(404, f"there is no message {message} in {chat.id!r}")
    return chat.messages[message]


def open_private(world: World, person: int, bot: str) -> Chat:
    """The private chat of a person and a bot, opened when it was not."""
    known = private_id(person_of(world, person).id, bot_of(world, bot).id)
    if known not in world.chats:
        _check_seat(world, bot_of(world, bot))
        world.record(Opened(person, bot_of(world, bot).id))
    return world.chats[known]


def _check_seat(world: World, bot: Bot) -> None:
    """Raises ActError (409) when the bot may not have one person more."""
    most = _MOST_PEOPLE.get(bot.messenger)
    if not most:
        return
    rooms = (chat for chat in world.chats.values() if chat.kind == "private")
    if sum(world.partner(chat)[1] == bot for chat in rooms) >= most:
        raise ActError(409, f"@{bot.username} has {most} people, and may not have more")


def _seat(world: World, person: int, chat_id: str) -> Chat:
    """The chat, when this person may speak in it."""
    someone, chat = person_of(world, person), chat_of(world, chat_id)
    if not someone.active:
        raise ActError(409, f"the account of person {person} is deleted")
    if chat.kind != "private":
        _check_voice(group_of(world, chat_id), person)
        return chat
    owner, bot = world.partner(chat)
    if owner.id != person:
        raise ActError(403, f"{chat_id!r} is someone else's private chat")
    if (person, bot.id) in world.blocked:
        raise ActError(409, f"person {person} has blocked @{bot.username}: unblock it first")
    return chat


def _check_voice(group: Chat, person: int) -> None:
    if person not in group.members:
        raise ActError(403, f"person {person} is not in {group.id!r}")
    if group.rules.locked and group.members[person] == "member":
        raise ActError(403, f"in {group.id!r} only administrators speak")


def say(
    world: World, person: int, chat_id: str, text: str, file: File | None = None, reply_to: int = 0
) -> Message:
    """A person posts a text, or a file with the text as its caption."""
    chat, text = _seat(world, person, chat_id), text.strip()
    _check_text(text, file)
    if reply_to:
        message_of(chat, reply_to)
    entities = _entities(world, chat, text)
    return post(world, chat, person, text=text, entities=entities, file=file, reply_to=reply_to)


def _entities(world: World, chat: Chat, text: str) -> tuple[Entity, ...]:
    if chat.messenger == "telegram":
        return detect(text)
    links = (each for each in detect(text) if each.type == "url")
    return tuple(sorted((*spoken(world, chat, text), *links), key=lambda each: each.offset))


def _check_text(text: str, file: File | None) -> None:
    limit = MAX_CAPTION if file else MAX_TEXT
    if not text and not file:
        raise ActError(400, "there is nothing to say: no text and no file")
    if utf16(text) > limit:
        raise ActError(400, f"the text has {utf16(text)} characters, {limit} are allowed")


def edit(world: World, person: int, chat_id: str, message_id: int, text: str) -> Message:
    chat, text = _seat(world, person, chat_id), text.strip()
    message = message_of(chat, message_id)
    if message.sender != person or message.service:
        raise ActError(403, "only one's own messages can be changed")
    if chat.messenger != "telegram":
        raise ActError(409, "what was sent in Zalo cannot be changed")
    _check_text(text, message.file)
    changed = replace(message, text=text, entities=detect(text), edited=int(world.clock.now()))
    world.record(Edited(changed))
    return changed


def erase(world: World, person: int, chat_id: str, message_id: int) -> None:
    """A person takes a message of their own back; bots are not told, as in Telegram."""
    chat = _seat(world, person, chat_id)
    if message_of(chat, message_id).sender != person:
        raise ActError(403, "only one's own messages can be deleted")
    world.record(Deleted(chat.id, (message_id,)))


def press(
    world: World, person: int, chat_id: str, message_id: int, button: str
) -> Pressed | Message:
    """Press the inline button with this data or, else, this text; one that says its data aloud
    gives a message."""
    chat = _seat(world, person, chat_id)
    buttons = [each for row in message_of(chat, message_id).buttons for each in row]
    found = next((each for each in buttons if each.data and each.data == button), None)
    found = found or next((each for each in buttons if each.data and each.text == button), None)
    if not found:
        texts = ", ".join(repr(each.text) for each in buttons) or "none"
        raise ActError(404, f"message {message_id} has no button {button!r} (it has: {texts})")
    if found.shown:
        return say(world, person, chat_id, found.data)
    fact = Pressed(str(secrets.randbits(62)), chat.id, message_id, person, found.data)
    world.record(fact)
    return fact


def vote(
    world: World, person: int, chat_id: str, message_id: int, options: tuple[int, ...]
) -> None:
    """Choose options of a poll by their places, from 0; none takes the vote back."""
    chat = _seat(world, person, chat_id)
    poll = message_of(chat, message_id).poll
    if not poll or poll.closed:
        raise ActError(409, f"message {message_id} is not an open poll")
    if any(not 0 <= option < len(poll.options) for option in options):
        raise ActError(400, f"the poll has options 0 to {len(poll.options) - 1}")
    if len(options) > 1 and not poll.multiple:
        raise ActError(400, "the poll takes one option")
    world.record(Voted(chat.id, message_id, person, options))


def read(world: World, person: int, chat_id: str, message_id: int) -> None:
    chat = _seat_to_read(world, person, chat_id)
    if message_id > chat.read.get(person, 0):
        world.record(Read(person, chat.id, min(message_id, chat.next_id - 1)))


def _seat_to_read(world: World, person: int, chat_id: str) -> Chat:
    chat = chat_of(world, chat_id)
    if chat_id not in world.chats_of.get(person, ()):
        raise ActError(403, f"person {person} is not in {chat_id!r}")
    return chat


def block(world: World, person: int, bot: str) -> None:
    chat = open_private(world, person, bot)
    pair = (person, world.partner(chat)[1].id)
    if pair not in world.blocked:
        world.record(Blocked(*pair, int(world.clock.now())))


def unblock(world: World, person: int, bot: str) -> None:
    chat = open_private(world, person, bot)
    pair = (person, world.partner(chat)[1].id)
    if pair in world.blocked:
        world.record(Unblocked(*pair, int(world.clock.now())))
