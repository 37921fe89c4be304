"""The pretend world: bots, people, chats and files, changed by facts alone."""

from collections import deque
from collections.abc import Callable, Sequence
from itertools import islice

from sandbox.chat import Chat
from sandbox.clock import Bell, Clock
from sandbox.facts import (
    Blocked,
    Bot,
    BotMade,
    Deleted,
    Edited,
    Fact,
    File,
    Group,
    GroupMade,
    Joined,
    Left,
    Opened,
    Person,
    PersonMade,
    Pinned,
    Posted,
    Pressed,
    Read,
    Stored,
    Unblocked,
    Upgraded,
    Voted,
)
from sandbox.journal import Entry, Keeper
from sandbox.rules import Arranged, Asked, Dissolved, Enabled, TurnedAway
from sandbox.zalo_oa.facts import Followed, Unfollowed

_FIRST_PERSON = 5_000_000_001
_FIRST_GROUP = 4_000_000_001
_SUPERGROUPS = 1_000_000_000_000
_RECENT = 20_000


def private_id(person: int | str, bot: int) -> str:
    return f"{person}:{bot}"


class World:
    """All that is, in memory.

    `record` is the one way to change it: the fact goes to the journal, then into the state, then
    to the listeners. `replay` does the last two with what the journal holds. `address` is where
    the sandbox answers, for the addresses of files.
    """

    def __init__(self, keeper: Keeper, clock: Clock, address: str = "") -> None:
        self.address = address
        self.keeper = keeper
        self.clock = clock
        self.bell = Bell()
        self.listeners: list[Callable[[Entry], None]] = []
        self.bots: dict[int, Bot] = {}
        self.people: dict[int, Person] = {}
        self.chats: dict[str, Chat] = {}
        self.chats_of: dict[int, dict[str, None]] = {}
        self.files: dict[str, File] = {}
        self.presses: dict[str, Pressed] = {}
        self.votes: dict[tuple[str, int], dict[int, tuple[int, ...]]] = {}
        self.blocked: set[tuple[int, int]] = set()
        self.followers: set[tuple[int, int]] = set()
        self.keys: dict[str, str] = {}
        self.seq = 0
        self._groups = 0
        self._last_person = _FIRST_PERSON - 1
        self._recent: deque[tuple[int, bytes]] = deque(maxlen=_RECENT)

    # How it changes

    def record(self, fact: Fact) -> Entry:
        """Raises JournalError, and then nothing has changed, when the fact cannot be kept."""
        entry = Entry(self.seq + 1, self.clock.now(), fact)
        line = entry.line()
        self.keeper.append(line)
        self._take(entry)
        self._recent.append((entry.seq, line))
        self.bell.ring()
        return entry

    def replay(self) -> None:
        """Live through the journal again. Raises JournalError when it is not readable."""
        for entry in self.keeper.entries():
            self._take(entry)

    def _take(self, entry: Entry) -> None:
        self.seq = entry.seq
        apply = _APPLY.get(type(entry.fact))
        if apply:
            apply(self, entry.fact)
        for listener in self.listeners:
            listener(entry)

    def close(self) -> None:
        self.bell.close()
        self.keeper.close()

    # What is asked of it

    def lines_after(self, seq: int, limit: int = 1000) -> Sequence[tuple[int, bytes]] | None:
        """Journal lines after a place, oldest first; None when they are no longer at hand."""
        start = len(self._recent) - (self.seq - seq)
        if start < 0 or seq > self.seq:
            return None
        return list(islice(self._recent, start, start + limit))

    def new_person_id(self) -> int:
        return self._last_person + 1

    def new_group_id(self, supergroup: bool = False) -> str:
        number = _FIRST_GROUP + self._groups
        return str(-number - _SUPERGROUPS if supergroup else -number)

    def is_bot(self, user: int) -> bool:
        return user in self.bots

    def name_of(self, user: int) -> str:
        if bot := self.bots.get(user):
            return bot.name
        person = self.people[user]
        return f"{person.name} {person.last_name}".strip()

    def bots_in(self, chat: Chat) -> list[Bot]:
        if len(self.bots) < len(chat.members):
            return [bot for bot in self.bots.values() if bot.id in chat.members]
        return [self.bots[user] for user in chat.members if user in self.bots]

    def partner(self, chat: Chat) -> tuple[Person, Bot]:
        """The two of a private chat."""
        person, bot = chat.id.split(":")
        return self.people[int(person)], self.bots[int(bot)]

    def bot_named(self, username: str) -> Bot | None:
        wanted = username.removeprefix("@").lower()
        return next((bot for bot in self.bots.values() if bot.username.lower() == wanted), None)

    # What each fact does

    def _bot_made(self, fact: BotMade) -> None:
        self.bots[fact.bot.id] = fact.bot
        self._named(f"bot {fact.key}", fact.key, str(fact.bot.id))

    def _person_made(self, fact: PersonMade) -> None:
        self.people[fact.person.id] = fact.person
        self._last_person = max(self._last_person, fact.person.id)
        self._named(f"person {fact.key}", fact.key, str(fact.person.id))

    def _group_made(self, fact: GroupMade) -> None:
        self._groups += 1
        self._found(fact.group)
        self._named(f"group {fact.key}", fact.key, fact.group.id)

    def _named(self, name: str, key: str, value: str) -> None:
        if key:
            self.keys[name] = value

    def _found(self, group: Group) -> None:
        members = dict(group.members)
        self.chats[group.id] = Chat(
            group.id, group.kind, group.title, group.folder, members, messenger=group.messenger
        )
        for user in members:
            self._enter(group.id, user)

    def _enter(self, chat: str, user: int) -> None:
        self.chats_of.setdefault(user, {})[chat] = None

    def _opened(self, fact: Opened) -> None:
        messenger = self.bots[fact.bot].messenger
        chat = Chat(private_id(fact.person, fact.bot), "private", messenger=messenger)
        self.chats[chat.id] = chat
        self._enter(chat.id, fact.person)

    def _joined(self, fact: Joined) -> None:
        chat = self.chats[fact.chat]
        chat.members[fact.user] = fact.role
        chat.removed.discard(fact.user)
        chat.waiting.pop(fact.user, None)
        chat.read.setdefault(fact.user, chat.next_id - 1)
        self._enter(chat.id, fact.user)

    def _left(self, fact: Left) -> None:
        chat = self.chats[fact.chat]
        del chat.members[fact.user]
        chat.met.add(fact.user)
        if fact.by != fact.user:
            chat.removed.add(fact.user)
        self.chats_of[fact.user].pop(chat.id, None)

    def _posted(self, fact: Posted) -> None:
        message = fact.message
        chat = self.chats[message.chat]
        chat.put(message, self.seq)
        if message.sender in self.bots:
            chat.last_bot = message.sender
        else:
            chat.read[message.sender] = message.id

    def _edited(self, fact: Edited) -> None:
        self.chats[fact.message.chat].put(fact.message, self.seq)

    def _deleted(self, fact: Deleted) -> None:
        for message_id in fact.ids:
            self.chats[fact.chat].drop(message_id)

    def _pressed(self, fact: Pressed) -> None:
        self.presses[fact.query] = fact

    def _voted(self, fact: Voted) -> None:
        self.votes.setdefault((fact.chat, fact.message), {})[fact.person] = fact.options

    def _blocked(self, fact: Blocked) -> None:
        self.blocked.add((fact.person, fact.bot))

    def _unblocked(self, fact: Unblocked) -> None:
        self.blocked.discard((fact.person, fact.bot))

    def _followed(self, fact: Followed) -> None:
        self.followers.add((fact.person, fact.bot))

    def _unfollowed(self, fact: Unfollowed) -> None:
        self.followers.discard((fact.person, fact.bot))

    def _upgraded(self, fact: Upgraded) -> None:
        old = self.chats[fact.old]
        self._groups += 1
        self._found(Group(fact.new, old.title, "supergroup", old.folder, old.members))
        old.moved_to = fact.new
        for user in old.members:
            self.chats_of[user].pop(old.id, None)

    def _pinned(self, fact: Pinned) -> None:
        self.chats[fact.chat].pinned = fact.message

    def _read(self, fact: Read) -> None:
        self.chats[fact.chat].read[fact.person] = fact.message

    def _stored(self, fact: Stored) -> None:
        self.files[fact.file.id] = fact.file

    def _arranged(self, fact: Arranged) -> None:
        chat = self.chats[fact.chat]
        chat.title, chat.about, chat.rules = fact.title, fact.about, fact.rules

    def _asked(self, fact: Asked) -> None:
        self.chats[fact.chat].waiting[fact.user] = fact.by

    def _turned_away(self, fact: TurnedAway) -> None:
        self.chats[fact.chat].waiting.pop(fact.user, None)

    def _enabled(self, fact: Enabled) -> None:
        self.chats[fact.chat].enabled = fact.on

    def _dissolved(self, fact: Dissolved) -> None:
        self.chats[fact.chat].dissolved = True


_APPLY: dict[type[Fact], Callable[..., None]] = {
    BotMade: World._bot_made,
    PersonMade: World._person_made,
    GroupMade: World._group_made,
    Opened: World._opened,
    Joined: World._joined,
    Left: World._left,
    Posted: World._posted,
    Edited: World._edited,
    Deleted: World._deleted,
    Pressed: World._pressed,
    Voted: World._voted,
    Blocked: World._blocked,
    Unblocked: World._unblocked,
    Followed: World._followed,
    Unfollowed: World._unfollowed,
    Upgraded: World._upgraded,
    Pinned: World._pinned,
    Read: World._read,
    Stored: World._stored,
    Arranged: World._arranged,
    Asked: World._asked,
    TurnedAway: World._turned_away,
    Enabled: World._enabled,
    Dissolved: World._dissolved,
}
