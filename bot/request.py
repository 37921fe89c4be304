"""What waits for a second person's word because it goes to many groups: a broadcast or a course."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from markupsafe import Markup

from bot import training
from bot.broadcast import describe, show
from bot.launch import start
from bot.turn import Turn
from bot.words import Said
from domain.broadcast import BroadcastState
from domain.people import Right
from storage import broadcasts, documents, reach
from storage import training as runs
from storage.broadcasts import Broadcast
from storage.chats import KnownChat
from storage.training import Run, RunState

COURSE = "K"
"""Before the number of a course; that of a broadcast stands alone."""


@dataclass(frozen=True, slots=True)
class Request(ABC):
    """Something asked for."""

    name: str
    """By what it is called: "12", "K3"."""
    unit_id: int
    author_id: int | None
    waits: bool
    agreed: bool

    right: ClassVar[Right]
    """What whoever decides on it needs in its unit."""

    @abstractmethod
    def show(self, turn: Turn, chat: KnownChat) -> None:
        """Show in a chat what the groups will see, of a course the first lesson."""

    @abstractmethod
    def question(self, turn: Turn) -> Said:
        """What is asked; without the author, the unit and the number of groups."""

    @abstractmethod
    def title(self, turn: Turn) -> Markup:
        """What it is, to go into a sentence."""

    @abstractmethod
    def chat_id(self, turn: Turn) -> int | None:
        """Where its author is told; None when there is no such chat."""

    @abstractmethod
    def agree(self, turn: Turn) -> Said:
        """Let it start; what is told to its author."""

    @abstractmethod
    def refuse(self, turn: Turn) -> None: ...


@dataclass(frozen=True, slots=True)
class BroadcastRequest(Request):
    broadcast: Broadcast
    right = Right.ANNOUNCE

    @classmethod
    def of(cls, broadcast: Broadcast) -> "BroadcastRequest":
        waits = broadcast.state is BroadcastState.ASKED
        author_id, agreed = broadcast.created_by, broadcast.approved_by is not None
        return cls(str(broadcast.id), broadcast.unit_id, author_id, waits, agreed, broadcast)

    def show(self, turn: Turn, chat: KnownChat) -> None:
        show(turn.c, turn.house, self.broadcast.document_id, chat, turn.now)

    def question(self, turn: Turn) -> Said:
        later = self.broadcast.start_at if self.broadcast.start_at > turn.now else None
        document = documents.get(turn.c, self.broadcast.document_id)
        values = describe(document) | {"at": later, "urgent": self.broadcast.urgent}
        return Said("approve.ask", values)

    def title(self, turn: Turn) -> Markup:
        document = documents.get(turn.c, self.broadcast.document_id)
        return Markup(turn.words("approve.document", **describe(document)))

    def chat_id(self, turn: Turn) -> int | None:
        return self.broadcast.chat_id

    def agree(self, turn: Turn) -> Said:
        broadcasts.approve(turn.c, self.broadcast.id, turn.person.id)
        return start(turn.c, turn.house, self.broadcast, turn.now)

    def refuse(self, turn: Turn) -> None:
        broadcasts.set_state(turn.c, self.broadcast.id, BroadcastState.CANCELLED, turn.now)


@dataclass(frozen=True, slots=True)
class CourseRequest(Request):
    run: Run
    right = Right.TRAIN

    @classmethod
    def of(cls, run: Run) -> "CourseRequest":
        assert run.unit_id is not None
        waits, agreed = run.state is RunState.ASKED, run.approved_by is not None
        return cls(f"{COURSE}{run.id}", run.unit_id, run.started_by, waits, agreed, run)

    def show(self, turn: Turn, chat: KnownChat) -> None:
        first = training.lesson_values(self.run.course, 1)
        turn.tell(chat.id, "training.lesson", **first, in_group=True)

    def question(self, turn: Turn) -> Said:
        course = self.run.course
        values = {"course": course.name, "count": len(course.lessons), "at": self.run.next_at}
        return Said("approve.ask_course", values)

    def title(self, turn: Turn) -> Markup:
        return Markup(turn.words("approve.course", course=self.run.course.name))

    def chat_id(self, turn: Turn) -> int | None:
        found = reach.private_of(turn.c, [self.run.started_by], turn.now)
        return found[0].id if found else None

    def agree(self, turn: Turn) -> Said:
        runs.approve(turn.c, self.run.id, turn.person.id)
        return training.begin(turn.c, turn.house, self.run, turn.now)

    def refuse(self, turn: Turn) -> None:
        runs.set_state(turn.c, self.run.id, RunState.STOPPED)


def find(turn: Turn, name: str) -> Request | None:
    """What is called so, whether it still waits or not."""
    if name.startswith(COURSE):
        run = turn.by_number(runs.find, name.removeprefix(COURSE))
        return CourseRequest.of(run) if run and run.unit_id else None
    broadcast = turn.by_number(broadcasts.find, name)
    return BroadcastRequest.of(broadcast) if broadcast else None


def waiting(turn: Turn) -> Iterator[Request]:
    """What waits for somebody who may decide on it, the newest broadcasts first, then courses."""
    asked: list[Request] = [
        *map(BroadcastRequest.of, broadcasts.asked(turn.c)),
        *map(CourseRequest.of, runs.asked(turn.c)),
    ]
    return (each for each in asked if turn.may(each.right, each.unit_id))
