"""Queries on the ledger of what goes out: one row a recipient, from queued to its end."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Connection,
    String,
    Subquery,
    Update,
    case,
    cast,
    func,
    insert,
    literal,
    literal_column,
    select,
    true,
    union_all,
    update,
)
from sqlalchemy.sql.elements import ColumnElement

from domain.audit import Act
from domain.broadcast import Priority
from domain.channel import MAX_CAPTION, MAX_TEXT, Choice
from domain.markup import length, split, units
from storage import audit
from storage.listed import elements
from storage.prepared import Statement, prepared
from storage.rows import AnyRow, first_as
from storage.schema import broadcast, chat, content, delivery
from storage.types import BigId, Json, Moment


@dataclass(frozen=True, slots=True)
class Letter:
    """What to queue for a chat. `file_ids` are rows of `file`; `about` is what a reply answers.

    What nobody waits for is no live message, but goes behind those.
    Only what is `for_group` may be said in the group of a person who is out of reach; anything else
    is between the person and Loa. What is said in a group `for_person` goes to that person alone
    where the group is out of reach. `instead_of` is the failed row that goes this way.
    """

    chat_id: int
    text: str
    choices: tuple[tuple[Choice, ...], ...] = ()
    file_ids: tuple[int, ...] = ()
    about: str | None = None
    edits_id: int | None = None
    priority: Priority = Priority.LIVE
    for_group: bool = False
    for_person: int | None = None
    instead_of: int | None = None


def queue(c: Connection, letter: Letter, now: datetime) -> int:
    """Write a message to the ledger, a row for each part that it takes; the first's number.

    Of a message that rewrites another one the first part does so, and the others follow it.
    """
    first, *others = keep_contents(c, letter)
    told = (letter.chat_id, letter.about, letter.for_group, letter.for_person)
    shared = (*told, letter.priority, now)
    ((number,),) = _queue(c, first, letter.edits_id, letter.instead_of, *shared)
    for content_id in others:
        _queue(c, content_id, None, None, *shared)
    return int(number)


@prepared
def _queue(
    c: Connection,
    content_id: int,
    edits_id: int | None,
    instead_of: int | None,
    chat_id: int,
    about: str | None,
    for_group: bool,
    for_person: int | None,
    priority: Priority,
    now: datetime,
) -> Statement:
    account_id = select(chat.c.account_id).where(chat.c.id == chat_id).scalar_subquery()
    row = {
        "account_id": account_id,
        "chat_id": chat_id,
        "content_id": content_id,
        "edits_id": edits_id,
        "instead_of": instead_of,
        "about": about,
        "for_group": for_group,
        "for_person": for_person,
        "priority": priority,
        "state": "queued",
        "due_at": now,
        "created_at": now,
    }
    return insert(delivery).values(**row).returning(delivery.c.id)


def keep_contents(c: Connection, letter: Letter) -> list[int]:
    """Keep the parts of a message, which many rows may share, in order."""
    return [_keep_part(c, part) for part in parts(letter)]


def letter_of(c: Connection, delivery_id: int) -> Letter:
    """What a row says, to be said again."""
    mine = delivery.c
    columns = (mine.chat_id, mine.about, mine.for_group, mine.for_person, content.c.body)
    query = select(*columns).join(content, content.c.id == delivery.c.content_id)
    row = c.execute(query.where(delivery.c.id == delivery_id)).one()
    choices = tuple(tuple(Choice(**each) for each in line) for line in row.body["choices"])
    text, files = row.body["text"], tuple(row.body["files"])
    whose = {"for_group": row.for_group, "for_person": row.for_person}
    return Letter(row.chat_id, text, choices, files, row.about, **whose)


def waits(state: str) -> ColumnElement[bool]:
    """Whether a row is in that state, as the state's own index asks, which knows no parameters."""
    return delivery.c.state == literal_column(f"'{state}'")


SILENCE: Mapping[str, Any] = {"text": "", "choices": [], "files": []}
"""What stands in place of words that are not kept any longer."""


def _keep_part(c: Connection, part: Letter) -> int:
    body = {
        "text": part.text,
        "choices": [[asdict(choice) for choice in row] for row in part.choices],
        "files": part.file_ids,
    }
    ((number,),) = _keep_body(c, body)
    return int(number)


@prepared
def _keep_body(c: Connection, body: dict[str, Any]) -> Statement:
    return insert(content).values(body=body).returning(content.c.id)


def parts(letter: Letter) -> list[Letter]:
    """A letter as messages that every messenger takes: what is too long goes before the files.

    The buttons stand under the last of the text.
    """
    limit = MAX_CAPTION if letter.file_ids else MAX_TEXT
    spelled = _spelled(letter.choices)
    unfit = len(letter.file_ids) > 1 and letter.choices
    if not unfit and length(letter.text) + spelled <= limit:
        return [letter]
    texts = split(letter.text, MAX_TEXT - spelled)
    said = [replace(letter, text=text, choices=(), file_ids=()) for text in texts]
    said[-1] = replace(said[-1], choices=letter.choices)
    return [*said, replace(letter, text="", choices=())] if letter.file_ids else said


def fits(letter: Letter, limit: int) -> bool:
    """Whether a text and its buttons, spelled out, are one message of that length."""
    return length(letter.text) + _spelled(letter.choices) <= limit


def _spelled(choices: Sequence[Sequence[Choice]]) -> int:
    """The units that buttons take at most where they are spelled out under the text."""
    labels = [choice.label for row in choices for choice in row]
    return sum(units(label) + 8 for label in labels) + 64 if labels else 0


@dataclass(frozen=True, slots=True)
class Wave:
    """What is queued at once for many: its parts by content, in order, and how urgent.

    `round` is 0 for a broadcast itself, and counts its reminders; `about` is what a reply answers.
    """

    broadcast_id: int | None
    contents: Sequence[int]
    priority: Priority = Priority.BROADCAST
    round: int = 0
    about: str | None = None


def queue_wave(c: Connection, wave: Wave, targets: Iterable[AnyRow], now: datetime) -> int:
    """Write a row for each part and target (account_id, chat_id, unit_id); to how many targets."""
    places = [[number, *target] for number, target in enumerate(targets)]
    if not places or not wave.contents:
        return len(places)
    # One statement over a list that the engine takes apart: a nation's ledger takes half the time
    # that a row at a time does.
    listed = elements(c, literal(places, Json))
    place, part = listed.c.value, _parts_of(wave)
    row = {
        "account_id": place[1].as_string(),
        "chat_id": cast(place[2].as_string(), BigId),
        "unit_id": cast(place[3].as_string(), BigId),
        "part": part.c.part,
        "content_id": part.c.content_id,
        "broadcast_id": literal(wave.broadcast_id, BigId),
        "about": literal(wave.about, String),
        "priority": literal(wave.priority.value),
        "round": literal(wave.round),
        "state": literal("queued"),
        "due_at": literal(now, Moment()),
        "created_at": literal(now, Moment()),
    }
    # A chat's parts lie side by side, because a chat is served in the order of the rows.
    query = select(*row.values()).select_from(listed.join(part, true()))
    query = query.order_by(place[0].as_integer(), part.c.part)
    c.execute(insert(delivery).from_select(list(row), query))
    return len(places)


def _parts_of(wave: Wave) -> Subquery:
    """The parts of a wave as a table of (part, content_id)."""
    parts = (
        select(literal(part).label("part"), literal(content_id).label("content_id"))
        for part, content_id in enumerate(wave.contents)
    )
    return union_all(*parts).subquery()


def set_priority(c: Connection, broadcast_id: int, priority: Priority) -> int:
    """Let what waits of a broadcast go sooner, later, or (PAUSED) not at all; how many rows."""
    return c.execute(_waiting_of(broadcast_id).values(priority=priority)).rowcount


def cancel(c: Connection, broadcast_id: int, why: str, now: datetime) -> int:
    """Give up what still waits of a broadcast; how many rows."""
    end = {"state": "cancelled", "error": why, "ended_at": now}
    return c.execute(_waiting_of(broadcast_id).values(**end)).rowcount


def lost_by_account(c: Connection, broadcast_id: int) -> dict[str, int]:
    """How many messages of a broadcast failed or are unknown, by account."""
    query = select(delivery.c.account_id, func.count()).where(_lost(broadcast_id))
    return {row[0]: row[1] for row in c.execute(query.group_by(delivery.c.account_id))}


def retry(c: Connection, broadcast_id: int, priority: Priority, now: datetime) -> int:
    """Queue again what failed or is unknown; what is unknown is marked as repeated. How many."""
    again = {
        "state": "queued",
        "priority": priority,
        "tries": 0,
        "due_at": now,
        "ended_at": None,
        "repeated": case((delivery.c.state == "unknown", True), else_=delivery.c.repeated),
    }
    count = c.execute(update(delivery).where(_lost(broadcast_id)).values(**again)).rowcount
    audit.note(c, Act.BROADCAST_REPEATED, broadcast, broadcast_id, count=count)
    return count


def _lost(broadcast_id: int) -> ColumnElement[bool]:
    return (delivery.c.broadcast_id == broadcast_id) & delivery.c.state.in_(("failed", "unknown"))


def _waiting_of(broadcast_id: int) -> Update:
    mine = delivery.c.broadcast_id == broadcast_id
    return update(delivery).where(mine, delivery.c.state == "queued")


def rewrite(c: Connection, broadcast_id: int, content_id: int, now: datetime) -> int:
    """Queue an edit of every message of a broadcast that arrived, its first part; how many.

    One that is being sent counts as arrived: should it fail, its edit is dropped.
    """
    row: dict[str, ColumnElement[Any]] = {
        "account_id": delivery.c.account_id,
        "chat_id": delivery.c.chat_id,
        "content_id": literal(content_id),
        "edits_id": delivery.c.id,
        "priority": literal(Priority.URGENT.value),
        "state": literal("queued"),
        "due_at": literal(now, Moment()),
        "created_at": literal(now, Moment()),
    }
    arrived = select(*row.values()).where(
        delivery.c.broadcast_id == broadcast_id,
        delivery.c.part == 0,
        delivery.c.round == 0,
        delivery.c.state.in_(("sent", "sending")),
    )
    return c.execute(insert(delivery).from_select(list(row), arrived)).rowcount


def about(c: Connection, chat_id: int, subject: str) -> int | None:
    """The newest row for a chat that is about something."""
    query = select(func.max(delivery.c.id)).where(
        delivery.c.chat_id == chat_id, delivery.c.about == subject
    )
    return c.execute(query).scalar()


def offered(
    c: Connection, chat_id: int, subject: str, since: datetime
) -> Sequence[tuple[str, datetime]]:
    """What the buttons under messages to a chat that are about something do, and when each was
    written, the oldest first.
    """
    query = (
        select(content.c.body, delivery.c.created_at)
        .join(content, content.c.id == delivery.c.content_id)
        .where(delivery.c.chat_id == chat_id, delivery.c.about == subject)
        .where(delivery.c.created_at >= since)
    )
    return [
        (choice["action"], at)
        for body, at in c.execute(query.order_by(delivery.c.id))
        for row in body["choices"]
        for choice in row
    ]


def album_key(c: Connection, chat_id: int, subject: str, album: str) -> str | None:
    """The key of the newest row for a chat that is about `subject:key:album`."""
    begins = delivery.c.about.startswith(f"{subject}:", autoescape=True)
    ends = delivery.c.about.endswith(f":{album}", autoescape=True)
    query = select(delivery.c.about).where(delivery.c.chat_id == chat_id, begins, ends)
    found: str | None = c.execute(query.order_by(delivery.c.id.desc()).limit(1)).scalar()
    return found and found.removeprefix(f"{subject}:").removesuffix(f":{album}")


def count_states(c: Connection, broadcast_id: int) -> dict[str, int]:
    """How many rows of a broadcast are in each state; a state that none is in is not there."""
    query = select(delivery.c.state, func.count()).where(delivery.c.broadcast_id == broadcast_id)
    return dict(c.execute(query.group_by(delivery.c.state)).all())


@dataclass(frozen=True, slots=True)
class Posted:
    """A message of ours that a platform took: its row, and what a reply to it answers."""

    id: int
    broadcast_id: int | None
    about: str | None


def by_message(c: Connection, chat_id: int, message_id: str) -> Posted | None:
    """Our newest message with that platform id in that chat: a group that moved counts anew."""
    return first_as(Posted, _by_message(c, chat_id, message_id))


@prepared
def _by_message(c: Connection, chat_id: int, message_id: str) -> Statement:
    query = select(delivery.c.id, delivery.c.broadcast_id, delivery.c.about).where(
        delivery.c.chat_id == chat_id, delivery.c.message_id == message_id
    )
    return query.order_by(delivery.c.id.desc()).limit(1)
