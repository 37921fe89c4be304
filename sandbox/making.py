"""Making bots, people and groups, one at a time or many. A key makes it safe to do so twice."""

import secrets
from dataclasses import dataclass, field, replace
from typing import Literal

from sandbox.acts import ActError
from sandbox.facts import (
    Bot,
    BotMade,
    Group,
    GroupMade,
    Joined,
    Messenger,
    Person,
    PersonMade,
    Role,
    Service,
)
from sandbox.membership import check_room_for
from sandbox.numbers import whole
from sandbox.posting import announce
from sandbox.world import World


@dataclass(frozen=True, slots=True)
class NewBot:
    """`token` is "<number>:<anything>"; without one it is made."""

    username: str
    name: str = ""
    token: str = ""
    reads_all: bool = False
    joins_groups: bool = True
    key: str = ""
    messenger: Messenger = "telegram"


@dataclass(frozen=True, slots=True)
class NewPerson:
    name: str
    last_name: str = ""
    username: str = ""
    label: str = ""
    folder: tuple[str, ...] = ()
    language: str = "vi"
    key: str = ""


@dataclass(frozen=True, slots=True)
class NewGroup:
    """`members` are ids, or keys, of people; the first one founds it. `bots` are usernames."""

    title: str
    members: tuple[int | str, ...]
    bots: tuple[str, ...] = ()
    kind: Literal["group", "supergroup"] = "group"
    folder: tuple[str, ...] = ()
    key: str = ""
    messenger: Messenger = "telegram"


@dataclass(frozen=True, slots=True)
class Bulk:
    """`quiet`: the groups have always been there; no bot is told of them."""

    bots: tuple[NewBot, ...] = ()
    people: tuple[NewPerson, ...] = ()
    groups: tuple[NewGroup, ...] = ()
    quiet: bool = False


@dataclass(slots=True)
class Made:
    """The ids of what was asked for, in the order of the asking, and how many of them are new."""

    bots: list[int] = field(default_factory=list)
    people: list[int] = field(default_factory=list)
    groups: list[str] = field(default_factory=list)
    created: int = 0


def make_all(world: World, bulk: Bulk) -> Made:
    """Raises ActError for what cannot be made; what came before it stays (ask again: keys)."""
    before = len(world.bots) + len(world.people) + len(world.chats)
    made = Made()
    made.bots = [make_bot(world, new).id for new in bulk.bots]
    made.people = [make_person(world, new).id for new in bulk.people]
    made.groups = [make_group(world, new, bulk.quiet) for new in bulk.groups]
    made.created = len(world.bots) + len(world.people) + len(world.chats) - before
    return made


def make_bot(world: World, new: NewBot) -> Bot:
    """A bot known by its key, its username or its token is that bot, brought up to date."""
    known = world.bot_named(new.username) or _keyed_bot(world, new.key)
    token = new.token or (known.token if known else f"{_new_bot_id(world)}:{secrets.token_hex(16)}")
    number = token.partition(":")[0]
    if not 0 < whole(number) < 1 << 52 or ":" not in token:
        raise ActError(400, 'token must look like "<number>:<letters and digits>"')
    if known and known.id != int(number):
        raise ActError(409, f"@{new.username} has another token already")
    if known and known.messenger != new.messenger:
        raise ActError(409, f"@{new.username} is on {known.messenger}")
    bot = Bot(
        int(number),
        token,
        new.username,
        new.name or new.username,
        new.reads_all,
        new.joins_groups,
        new.messenger,
    )
    if bot != world.bots.get(bot.id):
        world.record(BotMade(bot, new.key))
    return bot


def _keyed_bot(world: World, key: str) -> Bot | None:
    return world.bots.get(int(world.keys.get(f"bot {key}", 0))) if key else None


def _new_bot_id(world: World) -> int:
    return max(world.bots, default=7_000_000_000) + 1


def make_person(world: World, new: NewPerson) -> Person:
    """The person of that key, brought up to date, or a new one."""
    known = world.keys.get(f"person {new.key}") if new.key else None
    person = Person(
        int(known) if known else world.new_person_id(),
        new.name,
        new.last_name,
        new.username,
        new.label,
        new.folder,
        new.language,
    )
    if person != world.people.get(person.id):
        world.record(PersonMade(person, "" if known else new.key))
    return person


def deactivate(world: World, person: Person) -> None:
    """The person deletes the account: nothing can be sent to it any more."""
    if person.active:
        world.record(PersonMade(replace(person, active=False)))


def make_group(world: World, new: NewGroup, quiet: bool = False) -> str:
    """The chat id of the group of that key, or of a new one.

    Not quiet, its bots are told as the messenger tells them: that they are in, and that a group
    was made.
    """
    if new.key and (known := world.keys.get(f"group {new.key}")):
        return world.chats[known].moved_to or known
    people = [_member(world, new.title, member) for member in new.members]
    bots = [_bot(world, name, new.messenger) for name in new.bots]
    if not people:
        raise ActError(400, f"group {new.title!r} has no members")
    if new.kind == "supergroup" and new.messenger != "telegram":
        raise ActError(400, f"{new.messenger} has no supergroups")
    roles: dict[int, Role] = dict.fromkeys(people, "member")
    roles[people[0]] = "creator"
    if quiet:
        roles.update(dict.fromkeys(bots, "member"))
    chat_id = world.new_group_id(new.kind == "supergroup")
    group = Group(chat_id, new.title, new.kind, new.folder, roles, new.messenger)
    world.record(GroupMade(group, new.key))
    if not quiet:
        _introduce(world, chat_id, people[0], bots)
    return chat_id


def _introduce(world: World, chat_id: str, founder: int, bots: list[int]) -> None:
    date = int(world.clock.now())
    for bot in bots:
        world.record(Joined(chat_id, bot, founder, date))
    announce(world, world.chats[chat_id], founder, Service("created"))


def _member(world: World, title: str, member: int | str) -> int:
    known = world.keys.get(f"person {member}")
    number = int(known) if known else max(whole(str(member)), 0)
    if number not in world.people:
        raise ActError(404, f"group {title!r}: there is no person {member!r}")
    return number


def _bot(world: World, username: str, messenger: Messenger) -> int:
    bot = world.bot_named(username)
    if not bot:
        raise ActError(404, f"there is no bot @{username}")
    check_room_for(world, bot, messenger)
    return bot.id
