"""A chat as it is now: who is in it, what was said, what is pinned and read."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from sandbox.facts import ChatKind, Message, Messenger, Role
from sandbox.rules import Rules


@dataclass(slots=True)
class Chat:
    """`changed` orders message ids by their last change, the newest last; `removed` are those
    whom someone else took out, `met` all who have left in any way, `waiting` those who would come
    in, with the one who asked for them."""

    id: str
    kind: ChatKind
    title: str = ""
    folder: tuple[str, ...] = ()
    members: dict[int, Role] = field(default_factory=dict)
    removed: set[int] = field(default_factory=set)
    met: set[int] = field(default_factory=set)
    messages: dict[int, Message] = field(default_factory=dict)
    changed: dict[int, int] = field(default_factory=dict)
    read: dict[int, int] = field(default_factory=dict)
    next_id: int = 1
    pinned: int = 0
    moved_to: str = ""
    last_bot: int = 0
    messenger: Messenger = "telegram"
    about: str = ""
    rules: Rules = field(default_factory=Rules)
    waiting: dict[int, int] = field(default_factory=dict)
    enabled: bool = True
    dissolved: bool = False

    def put(self, message: Message, seq: int) -> None:
        self.messages[message.id] = message
        self.changed.pop(message.id, None)
        self.changed[message.id] = seq
        self.next_id = max(self.next_id, message.id + 1)

    def drop(self, message_id: int) -> None:
        self.messages.pop(message_id, None)
        self.changed.pop(message_id, None)

    @property
    def last(self) -> Message | None:
        return next(self.before(self.next_id), None)

    def before(self, message_id: int) -> Iterator[Message]:
        """Messages older than this one, the newest first."""
        found = (self.messages.get(i) for i in range(min(message_id, self.next_id) - 1, 0, -1))
        return (message for message in found if message)

    def changed_after(self, seq: int) -> list[tuple[int, Message]]:
        """Messages posted or edited after a place in the journal, in that order."""
        newer: list[tuple[int, Message]] = []
        for message_id, at in reversed(self.changed.items()):
            if at <= seq:
                break
            newer.append((at, self.messages[message_id]))
        return newer[::-1]

    def unread(self, person: int) -> int:
        return max(0, self.next_id - 1 - self.read.get(person, 0))
