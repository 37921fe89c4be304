"""One message and all that its answer needs: who, where, when, and a way to answer."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property, partial
from itertools import count, repeat
from typing import Any, TypeVar

from sqlalchemy import Connection

from bot import parcel
from bot.house import House
from bot.words import Said
from domain.answer import bare, kernel, says_no, says_yes
from domain.audit import Actor
from domain.channel import Capabilities, Choice
from domain.key import key_of
from domain.message import ChatKind, Message
from domain.people import Membership, Person, Right, allowed, places
from domain.period import local_day
from domain.text import fold
from scheduler.telemetry import Count, Event
from storage import audit, deliveries, people, sessions, units
from storage.chats import KnownChat
from storage.deliveries import Letter
from storage.sessions import Session

Rows = Sequence[Sequence[Choice]]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Answer:
    """What somebody answered to a question: the value of a choice, or what they wrote."""

    text: str = ""
    choice: str = ""


def _begins(begun: str, label: str) -> bool:
    return f"{fold(label)} ".startswith(f"{begun} ")


@dataclass
class Turn:
    """A message being answered, inside the one transaction that it causes."""

    c: Connection
    now: datetime
    house: House
    can: Capabilities
    message: Message
    chat: KnownChat
    person: Person
    session: Session | None = None
    notice: str = field(default="", init=False)
    """A passing note for who pressed a button."""
    next: "tuple[str, Answer] | None" = field(default=None, init=False)
    """A step that takes over at once, as if its question had been answered."""
    unanswered: bool = field(default=False, init=False)
    """The message was meant for no question."""
    events: list[Event] = field(default_factory=list, init=False)
    """What is to be counted once the transaction is kept."""
    _lines: dict[int, Collection[int]] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        self._sign()

    def _sign(self) -> None:
        """Whatever this message does is done by this person, from this chat."""
        chat, person = self.chat, self.person
        audit.act_as(self.c, Actor(self.now, person.id, chat.account_id, chat.id))

    @property
    def day(self) -> date:
        return local_day(self.now, self.house.zone)

    @property
    def in_group(self) -> bool:
        return self.chat.kind is ChatKind.GROUP

    @property
    def spoken_to(self) -> bool:
        """Whether it is sure that the words were meant for Loa: in a group they may be a chat's."""
        return self.message.addressed or self.message.text.startswith("/")

    @property
    def has_buttons(self) -> bool:
        return self.can.shows_buttons(self.chat.kind)

    @cached_property
    def roles(self) -> Sequence[Membership]:
        return people.roles(self.c, self.person.id)

    @property
    def unit_id(self) -> int | None:
        """The unit that is meant without naming one: the group's, else the person's first."""
        if self.in_group:
            return self.chat.unit_id
        return self.roles[0].unit_id if self.roles else None

    def become(self, person: Person) -> None:
        """Whoever writes turned out to be this person."""
        self.person = person
        self.__dict__.pop("roles", None)
        self._sign()

    def may(self, right: Right, unit_id: int) -> bool:
        return allowed(self.roles, right, self.line(unit_id), unit_id)

    def where(self, right: Right) -> list[int]:
        """The units in which one of the person's own roles gives a right."""
        return places(self.roles, right)

    def line(self, unit_id: int) -> Collection[int]:
        """The unit and all above it, asked for once a message: no message changes the tree."""
        if unit_id not in self._lines:
            self._lines[unit_id] = units.line(self.c, unit_id, self.day)
        return self._lines[unit_id]

    def by_number(self, find: Callable[[Connection, int], T | None], text: str) -> T | None:
        """What has the number that somebody wrote or a button carries; None where it is none."""
        number = key_of(text)
        return find(self.c, number) if number else None

    def words(self, key: str, **values: Any) -> str:
        return self.house.words(key, **values)

    def say(self, key: str, choices: Rows = (), **values: Any) -> int:
        """Answer where the message came from; the number of the ledger's row."""
        return self.tell(self.chat.id, key, choices=choices, **values)

    def voice(self, said: Said | None) -> bool:
        """Say a sentence, if there is one; whether there is."""
        if said:
            self.say(said.key, **said.values)
        return said is not None

    def write(self, text: str) -> None:
        """Say something that is in words already."""
        deliveries.queue(self.c, Letter(self.chat.id, text), self.now)

    def tell(
        self,
        chat_id: int,
        key: str,
        *,
        choices: Rows = (),
        file_ids: Sequence[int] = (),
        about: str | None = None,
        **values: Any,
    ) -> int:
        """Say something in any chat, with these files. `about` is what a reply to it answers."""
        text = self.words(key, **values)
        rows = tuple(tuple(row) for row in choices)
        return parcel.send(self.c, Letter(chat_id, text, rows, about=about), file_ids, self.now)

    def ask(
        self,
        step: str,
        key: str,
        choices: Iterable[Iterable[tuple[str, str]]] = (),
        data: dict[str, Any] | None = None,
        numbered: bool = True,
        press: str = "",
        about: str | None = None,
        **values: Any,
    ) -> None:
        """Ask a question whose answer goes to `step`.

        `choices` are rows of (value, label); the value comes back in `Answer.choice`. `data` is
        kept until the answer, and stays as it is when not given. Without `numbered` a
        choice is made by its label only, because a number is itself an answer. With `press` its
        buttons are those of that name, which anybody may press at any time.
        """
        serial = 1 + (self.session.serial if self.session else 0)
        numbers = count(1) if numbered else repeat(0)
        name = press or f"={serial}"
        rows = [
            [Choice(label, f"{name}:{value}", next(numbers)) for value, label in row]
            for row in choices
        ]
        flat = tuple(choice for row in rows for choice in row)
        self.session = Session(step, self.data if data is None else data, flat, serial)
        self.tell(self.chat.id, key, choices=rows, about=about, **values)

    def meant(self, answer: Answer, yes: str = "", no: str = "") -> str:
        """The choice that an answer means: its first words are enough, and a plain yes or no means
        `yes` or `no`. Empty where none is meant.
        """
        if answer.choice:
            return answer.choice
        for begun in (bare(answer.text), kernel(answer.text)):
            if begun and (choice := self._only(partial(_begins, begun))):
                return choice
        if yes and says_yes(answer.text):
            return yes
        return no if says_no(answer.text) else ""

    def chosen(self, answer: Answer, yes: str = "") -> str:
        """What an answer means where nothing but a choice is one.

        Words that only one choice has are enough. Empty where none is meant: then a command is
        heard anew, and other words are told so.
        """
        if choice := self.meant(answer, yes):
            return choice
        if self.house.vocabulary.is_command(answer.text):
            self.hear_anew()
            return ""
        plain = says_yes(answer.text) or says_no(answer.text)  # it may stand in any label
        said = set() if plain else set(kernel(answer.text).split())
        choice = self._only(lambda label: said and said <= set(fold(label).split()))
        if not choice:
            self.say("door.choose")
        return choice

    def _only(self, fits: Callable[[str], object]) -> str:
        """The value of the choice whose label alone fits."""
        found = [each.action for each in self.choices if fits(each.label)]
        return found[0].partition(":")[2] if len(found) == 1 else ""

    @property
    def choices(self) -> Sequence[Choice]:
        """What the open question offers."""
        return self.session.choices if self.session else ()

    def count(self, what: Count, *labels: str) -> None:
        self.events.append((what, *labels))

    def end(self) -> None:
        """The conversation is over."""
        self.session = None

    def hear_anew(self) -> None:
        """The message was no answer: it is heard without the conversation, which is then over.

        What neighbours are told in a group does not end it.
        """
        self.unanswered = True
        if self.spoken_to or not self.in_group:
            self.session = None

    def hear_beside(self) -> None:
        """The message was a command: it is done, and the question stays open if it asks none."""
        self.unanswered = True

    def reopen(self, data: dict[str, Any]) -> None:
        """Go on with other data; the next step decides what is asked."""
        assert self.session is not None
        self.session = replace(self.session, data=data)

    @property
    def data(self) -> dict[str, Any]:
        """What the open conversation has kept."""
        return self.session.data if self.session else {}

    def save(self, before: Session | None) -> None:
        """Write down where the conversation stands, if it moved."""
        if self.session is before:
            return
        if self.session is None:
            sessions.close(self.c, self.chat.id, self.person.id)
        else:
            sessions.save(self.c, self.chat.id, self.person.id, self.session, self.now)
