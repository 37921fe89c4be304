"""Queries on courses that are given: the runs, the lessons that went out, and the answers."""

import hashlib
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cache

from pydantic import TypeAdapter
from sqlalchemy import Connection, Select, exists, insert, or_, select, update
from sqlalchemy.sql.elements import ColumnElement

from domain.audit import Act
from domain.course import Course
from storage import audit
from storage.people import of_team
from storage.rows import AnyRow, add_row, first_as, rows_as
from storage.schema import chat, course_edition, course_run, lesson_sent, membership, quiz_answer
from storage.units import subtree
from storage.upsert import insert_new


class RunState(StrEnum):
    ASKED = "asked"
    """Waits for a second person's approval."""
    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"
    FINISHED = "finished"


OPEN = (RunState.ASKED.value, RunState.RUNNING.value, RunState.PAUSED.value)


@dataclass(frozen=True, slots=True)
class Run:
    """A course given to a unit and all below it, to one group of it, or to one person alone."""

    id: int
    course: Course
    unit_id: int | None
    chat_id: int | None
    started_by: int
    sent: int
    state: RunState
    next_at: datetime | None
    approved_by: int | None

    @property
    def open(self) -> bool:
        return self.state in OPEN


@cache
def _courses() -> TypeAdapter[Course]:
    return TypeAdapter(Course)


def courses(c: Connection, edition_ids: Collection[int]) -> dict[int, Course]:
    """The courses of some editions."""
    query = select(course_edition.c.id, course_edition.c.body)
    rows = c.execute(query.where(course_edition.c.id.in_(edition_ids)))
    return {row[0]: _courses().validate_python(row[1]) for row in rows}


def edition(c: Connection, course: Course) -> int:
    """Keep a course as it is now; the number of the edition."""
    body = _courses().dump_python(course, mode="json")
    digest = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
    insert_new(c, course_edition, course_id=course.id, digest=digest, body=body)
    query = select(course_edition.c.id).where(course_edition.c.digest == digest)
    return int(c.execute(query).scalar_one())


def start(
    c: Connection,
    course: Course,
    started_by: int,
    now: datetime,
    *,
    unit_id: int | None = None,
    chat_id: int | None = None,
    next_at: datetime | None = None,
    state: RunState = RunState.RUNNING,
) -> int:
    """Begin a run; without a unit one person learns alone. Its number."""
    number = add_row(
        c,
        course_run,
        edition_id=edition(c, course),
        unit_id=unit_id,
        chat_id=chat_id,
        started_by=started_by,
        lessons=len(course.lessons),
        state=state.value,
        next_at=next_at,
        created_at=now,
    )
    if unit_id is not None:
        audit.note(c, Act.COURSE_STARTED, course_run, number)
    return number


_QUERY = select(
    course_run.c.id,
    course_edition.c.body,
    course_run.c.unit_id,
    course_run.c.chat_id,
    course_run.c.started_by,
    course_run.c.sent,
    course_run.c.state,
    course_run.c.next_at,
    course_run.c.approved_by,
).join(course_edition, course_edition.c.id == course_run.c.edition_id)


def _run(row: AnyRow) -> Run:
    number, body, unit_id, chat_id, who, sent, state, next_at, approver = row
    course = _courses().validate_python(body)
    return Run(number, course, unit_id, chat_id, who, sent, RunState(state), next_at, approver)


def find(c: Connection, run_id: int) -> Run | None:
    row = c.execute(_QUERY.where(course_run.c.id == run_id)).first()
    return None if row is None else _run(row)


def get(c: Connection, run_id: int) -> Run:
    """The run with that number; it is there, because runs are never deleted."""
    return _run(c.execute(_QUERY.where(course_run.c.id == run_id)).one())


def _runs(c: Connection, query: Select[*tuple[object, ...]]) -> list[Run]:
    return [_run(row) for row in c.execute(query.order_by(course_run.c.id.desc()))]


def below(c: Connection, top_id: int, day: date, states: Collection[str], limit: int) -> list[Run]:
    """The newest runs of units in a subtree, in one of these states."""
    tree = subtree(top_id, day)
    query = _QUERY.join(tree, tree.c.id == course_run.c.unit_id)
    return _runs(c, query.where(course_run.c.state.in_(states)).limit(limit))


def alone(c: Connection, person_id: int) -> list[Run]:
    """The courses that a person is taking alone."""
    mine = (course_run.c.started_by == person_id) & course_run.c.unit_id.is_(None)
    return _runs(c, _QUERY.where(mine, course_run.c.state == RunState.RUNNING.value))


def asked(c: Connection) -> list[Run]:
    """Runs that wait for a second person, the newest first."""
    return _runs(c, _QUERY.where(course_run.c.state == RunState.ASKED.value))


def approve(c: Connection, run_id: int, person_id: int) -> None:
    """A second person agrees to it."""
    query = update(course_run).where(course_run.c.id == run_id)
    c.execute(query.values(approved_by=person_id))
    audit.note(c, Act.COURSE_APPROVED, course_run, run_id)


def reaching(c: Connection, unit_id: int, line: Collection[int]) -> list[Run]:
    """The runs that reach a unit, under way or held; `line` is the unit and all above it."""
    begun = course_run.c.state.in_(OPEN) & (course_run.c.state != RunState.ASKED.value)
    return _runs(c, _QUERY.where(begun, _reaches(unit_id, line)))


def overlapping(
    c: Connection, course_id: str, unit_id: int, line: Collection[int], below: Collection[int]
) -> Run | None:
    """An open run of a course that reaches a unit, or is of one of those `below` it."""
    both = or_(_reaches(unit_id, line), course_run.c.unit_id.in_(below))
    same = (course_edition.c.course_id == course_id) & course_run.c.state.in_(OPEN)
    found = _runs(c, _QUERY.where(same, both).limit(1))
    return found[0] if found else None


def _reaches(unit_id: int, line: Collection[int]) -> ColumnElement[bool]:
    """Whether a run is for a unit; one for a single group is not for what is below its unit."""
    from_above = course_run.c.unit_id.in_(line) & course_run.c.chat_id.is_(None)
    return or_(course_run.c.unit_id == unit_id, from_above)


def due(c: Connection, now: datetime) -> list[int]:
    """The runs whose next lesson or end has come."""
    query = select(course_run.c.id).where(
        course_run.c.state == RunState.RUNNING.value, course_run.c.next_at <= now
    )
    return list(c.execute(query.order_by(course_run.c.id)).scalars())


def went_on(c: Connection, run_id: int, sent: int, next_at: datetime) -> None:
    """A lesson has gone out; when to look at the run again."""
    change = update(course_run).where(course_run.c.id == run_id)
    c.execute(change.values(sent=sent, next_at=next_at))


def set_state(c: Connection, run_id: int, state: RunState, next_at: datetime | None = None) -> None:
    """Pause, go on, stop or finish; `next_at` where it moves."""
    values: dict[str, object] = {"state": state.value}
    if next_at:
        values["next_at"] = next_at
    moved = update(course_run).where(course_run.c.id == run_id).values(**values)
    unit_id = c.execute(moved.returning(course_run.c.unit_id)).scalar()
    if unit_id is not None:
        audit.note(c, Act.COURSE_CHANGED, course_run, run_id, unit_id=unit_id, state=state.value)


@dataclass(frozen=True, slots=True)
class Sent:
    """A lesson of a run in a group; `unit_id` is whose group it was."""

    run_id: int
    lesson: int
    chat_id: int
    unit_id: int


_SENT = select(
    lesson_sent.c.run_id, lesson_sent.c.lesson, lesson_sent.c.chat_id, lesson_sent.c.unit_id
)


def note_sent(
    c: Connection,
    run_id: int,
    lesson: int,
    groups: Sequence[AnyRow],
    now: datetime,
    remind_at: datetime,
) -> None:
    """Note that a lesson went to these groups (account_id, chat_id, unit_id)."""
    shared = {"run_id": run_id, "lesson": lesson, "sent_at": now, "remind_at": remind_at}
    rows = [shared | {"chat_id": each.chat_id, "unit_id": each.unit_id} for each in groups]
    if rows:
        c.execute(insert(lesson_sent), rows)


def sent_to(c: Connection, run_id: int, lesson: int, chat_id: int) -> Sent | None:
    """The lesson, if it went to that group."""
    query = _SENT.where(
        lesson_sent.c.run_id == run_id,
        lesson_sent.c.lesson == lesson,
        lesson_sent.c.chat_id == chat_id,
    )
    return first_as(Sent, c.execute(query))


def newest_in(c: Connection, chat_id: int) -> Sent | None:
    """The last lesson that went to a group."""
    query = _SENT.where(lesson_sent.c.chat_id == chat_id)
    newest = query.order_by(lesson_sent.c.sent_at.desc(), lesson_sent.c.run_id.desc())
    return first_as(Sent, c.execute(newest.limit(1)))


def slow(c: Connection, now: datetime, limit: int) -> list[Sent]:
    """Lessons in groups whose moment for a reminder has come."""
    query = (
        _SENT.join(course_run, course_run.c.id == lesson_sent.c.run_id)
        .where(lesson_sent.c.remind_at <= now, course_run.c.state == RunState.RUNNING.value)
        .order_by(lesson_sent.c.run_id, lesson_sent.c.lesson, lesson_sent.c.chat_id)
    )
    return rows_as(Sent, c.execute(query.limit(limit)))


def reminded(c: Connection, run_id: int, lesson: int, chat_ids: Collection[int]) -> None:
    """A lesson is not reminded of again in these groups."""
    mine = (lesson_sent.c.run_id == run_id) & (lesson_sent.c.lesson == lesson)
    change = update(lesson_sent).where(mine, lesson_sent.c.chat_id.in_(chat_ids))
    c.execute(change.values(remind_at=None))


def unanswered(
    c: Connection, run_id: int, lesson: int, chat_ids: Collection[int]
) -> Sequence[AnyRow]:
    """Those of some groups, in reach, whose unit has a member who has not answered a lesson.

    Rows of (account_id, chat_id, unit_id).
    """
    said = exists().where(
        quiz_answer.c.run_id == run_id,
        quiz_answer.c.lesson == lesson,
        quiz_answer.c.person_id == membership.c.person_id,
    )
    silent = exists().where(of_team(lesson_sent.c.unit_id), ~said)
    query = (
        select(chat.c.account_id, lesson_sent.c.chat_id, lesson_sent.c.unit_id)
        .join(chat, chat.c.id == lesson_sent.c.chat_id)
        .where(
            lesson_sent.c.run_id == run_id,
            lesson_sent.c.lesson == lesson,
            lesson_sent.c.chat_id.in_(chat_ids),
            chat.c.gone_because.is_(None),
            silent,
        )
    )
    return c.execute(query.order_by(lesson_sent.c.chat_id)).all()


def answer(
    c: Connection,
    run_id: int,
    lesson: int,
    person_id: int,
    unit_id: int | None,
    option: int,
    now: datetime,
    *,
    correct: bool,
) -> bool:
    """Keep a person's answer; False when there is one already."""
    key = {"run_id": run_id, "lesson": lesson, "person_id": person_id}
    values = {"unit_id": unit_id, "option": option, "correct": correct, "at": now}
    return insert_new(c, quiz_answer, **key, **values)


def answered(c: Connection, run_id: int, person_id: int) -> dict[int, int]:
    """The options that a person chose in a run, by lesson."""
    query = select(quiz_answer.c.lesson, quiz_answer.c.option).where(
        quiz_answer.c.run_id == run_id, quiz_answer.c.person_id == person_id
    )
    return {row[0]: row[1] for row in c.execute(query)}
