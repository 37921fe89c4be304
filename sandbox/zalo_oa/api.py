"""What every call works with: the world, the account's books and the rules of access to a chat."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from sandbox.bot_api.call import Call
from sandbox.chat import Chat
from sandbox.facts import Bot, Fact, Opened, Posted
from sandbox.journal import Entry
from sandbox.queues import Queues
from sandbox.tally import Window
from sandbox.trouble import Trouble
from sandbox.world import World, private_id
from sandbox.zalo_oa import ids
from sandbox.zalo_oa.consoles import Consoles
from sandbox.zalo_oa.errors import OaError
from sandbox.zalo_oa.events import Event, Hearing
from sandbox.zalo_oa.facts import Uploaded
from sandbox.zalo_oa.tokens import Tokens
from sandbox.zalo_oa.usage import Usage


@dataclass(frozen=True, slots=True)
class Kept:
    """An uploaded file, and since when (Unix seconds) it is kept for an account."""

    bot: int
    file: str
    since: float


@dataclass(slots=True)
class Api:
    """`messages`: chat and number by msg_id; `uploads` by the token that was given for each."""

    world: World
    trouble: Trouble
    consoles: Consoles = field(init=False)
    tokens: Tokens = field(init=False)
    usage: Usage = field(init=False)
    hearing: Hearing = field(init=False)
    queues: Queues = field(init=False)
    uploads: dict[str, Kept] = field(default_factory=dict)
    messages: dict[str, tuple[str, int]] = field(default_factory=dict)
    windows: dict[int, tuple[int, Window]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        world = self.world
        self.consoles, self.tokens = Consoles(world), Tokens(world)
        self.usage = Usage(world, self.consoles)
        self.hearing = Hearing(world, self.consoles)
        self.queues = Queues(world, "zalo_oa", self._told)
        world.listeners.append(self._hear)

    def _told(self, fact: Fact) -> Iterator[Event]:
        """An account without a webhook is told nothing, and what it missed never comes."""
        for event in self.hearing.told(fact):
            if self.queues.of(event[0]).listening.url:
                yield event

    def _hear(self, entry: Entry) -> None:
        match entry.fact:
            case Posted(message):
                if self.world.chats[message.chat].messenger == "zalo_oa":
                    known = ids.message_id(message.chat, message.id)
                    self.messages[known] = (message.chat, message.id)
            case Uploaded(bot, token, file):
                self.uploads[token] = Kept(bot, file, entry.at)

    def window(self, bot: Bot) -> Window | None:
        """The calls of an account in the last minute; None when they are not counted."""
        rate = self.consoles.of(bot.id).rate
        if not rate:
            return None
        if self.windows.get(bot.id, (0,))[0] != rate:
            self.windows[bot.id] = (rate, Window(rate, 60))
        return self.windows[bot.id][1]

    def person(self, text: str) -> int:
        """Raises OaError -201 for an id that is nobody's."""
        person = ids.person_of(self.world, text)
        if person is None:
            raise OaError(-201, "user_id is invalid")
        return person

    def private(self, bot: Bot, person: int) -> Chat:
        """The private chat, opened when it was not."""
        room = private_id(person, bot.id)
        if room not in self.world.chats:
            self.world.record(Opened(person, bot.id))
        return self.world.chats[room]

    def group(self, bot: Bot, text: str) -> Chat:
        """Raises OaError: -201 for an id that is no group's, -403 when the account is not in it,
        -237 when its paid time is over."""
        room = ids.group_of(self.world, text)
        if not room or room.dissolved:
            raise OaError(-201, "group_id is invalid")
        if bot.id not in room.members:
            raise OaError(-403)
        if not room.enabled:
            raise OaError(-237)
        return room

    def room(self, call: Call) -> Chat | None:
        """The chat that a call names, if it names one."""
        name = chat_named(call)
        if person := ids.person_of(self.world, name):
            return self.world.chats.get(private_id(person, call.bot.id))
        return ids.group_of(self.world, name)


def chat_named(call: Call) -> str:
    """The user_id or group_id of a call."""
    recipient = call.params.get("recipient")
    named = recipient if isinstance(recipient, dict) else call.params
    return str(named.get("user_id") or named.get("group_id") or "")
