"""A course at work: its lessons and their questions, and how they come into the ledger."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from itertools import groupby, islice
from typing import Any

from markupsafe import Markup
from sqlalchemy import Connection

from bot import budget
from bot.broadcast import NOWHERE
from bot.house import House
from bot.words import Said
from domain.channel import Choice
from domain.course import LETTERS, Course, Quiz
from domain.markup import from_markdown
from domain.period import local_day
from domain.quota import month_of
from storage import audience, deliveries, learners, reach, training, units
from storage.deliveries import Letter, Wave
from storage.rows import AnyRow
from storage.training import Run, RunState, Sent

SUBJECT = "lesson"
"""What a reply to a lesson is about."""


def lesson_values(course: Course, number: int) -> dict[str, Any]:
    """What the sentences about a lesson need; lessons count from 1."""
    lesson = course.lessons[number - 1]
    return {
        "course": course.name,
        "number": number,
        "count": len(course.lessons),
        "title": lesson.title,
        "text": Markup(from_markdown(lesson.text)),
        "source": lesson.source,
        "question": lesson.quiz.question,
        "options": list(zip(LETTERS, lesson.quiz.options, strict=False)),
    }


def outcome(quiz: Quiz, option: int) -> dict[str, Any]:
    """What is said of an answer: whether it is right, which one is, and why."""
    return {
        "correct": option == quiz.right,
        "letter": LETTERS[option],
        "right": LETTERS[quiz.right],
        "option": quiz.options[quiz.right],
        "why": quiz.why,
    }


def groups_of(
    c: Connection, house: House, unit_id: int, chat_id: int | None, now: datetime
) -> Sequence[AnyRow]:
    """The groups that a course reaches, as rows of (account_id, chat_id, unit_id)."""
    day = local_day(now, house.zone)
    found = audience.groups(c, unit_id, list(house.levels), day)
    return [each for each in found if chat_id in (None, each.chat_id)]


def shortage(
    c: Connection, house: House, groups: Sequence[AnyRow], plan: Sequence[datetime]
) -> Said | None:
    """That an account may not send what the plan has in its first month, if it may not."""
    month = month_of(plan[0], house.zone)
    lessons = sum(month_of(at, house.zone) == month for at in plan)
    reached = Counter(group.account_id for group in groups)
    needed = {account: count * lessons for account, count in reached.items()}
    return budget.shortage(c, house, needed, plan[0])


def begin(c: Connection, house: House, run: Run, now: datetime) -> Said:
    """Let a run go on with its lessons from its time on, or hold it because it cannot."""
    assert run.unit_id is not None
    since = max(run.next_at or now, now)
    left = len(run.course.lessons) - run.sent
    plan = list(islice(run.course.slots(since, house.calendar), left)) or [since]
    groups = groups_of(c, house, run.unit_id, run.chat_id, now)
    unit = units.get(c, run.unit_id).name
    said = {"course": run.course.name, "unit": unit, "at": plan[0]}
    found = shortage(c, house, groups, plan) if groups else Said("train.nobody", {"unit": unit})
    if found:
        training.set_state(c, run.id, RunState.PAUSED)
        why = Markup(house.words(found.key, **found.values))
        return Said("train.not_started", said | {"why": why})
    training.set_state(c, run.id, RunState.RUNNING, plan[0])
    return Said("train.resumed" if run.sent else "train.started", said)


def go_on(c: Connection, house: House, run: Run, now: datetime) -> int:
    """Send the next lesson of a run, or end it after the last one; to how many groups."""
    assert run.unit_id is not None
    if run.sent >= len(run.course.lessons):
        _end(c, house, run, RunState.FINISHED, "training.finished", now)
        return 0
    if not units.get(c, run.unit_id).open_on(local_day(now, house.zone)):
        _end(c, house, run, RunState.STOPPED, "training.unit_closed", now)
        return 0
    number = run.sent + 1
    groups = groups_of(c, house, run.unit_id, run.chat_id, now)
    _post(c, house, run, number, "training.lesson", groups, now)
    training.note_sent(c, run.id, number, groups, now, now + run.course.remind_after)
    training.went_on(c, run.id, number, run.course.next_at(number, now, house.calendar))
    return len(groups)


def lesson_letter(house: House, run_id: int, course: Course, number: int, key: str) -> Letter:
    """A lesson or its reminder, for many groups, with a button for each option."""
    values = lesson_values(course, number)
    row = tuple(
        Choice(house.words("training.option", letter=letter), f"quiz.pick:{run_id}/{number}/{at}")
        for at, (letter, _) in enumerate(values["options"])
    )
    return Letter(NOWHERE, house.words(key, **values, in_group=True), (row,))


def _post(
    c: Connection,
    house: House,
    run: Run,
    number: int,
    key: str,
    groups: Sequence[AnyRow],
    now: datetime,
) -> None:
    letter = lesson_letter(house, run.id, run.course, number, key)
    contents = deliveries.keep_contents(c, letter)
    wave = Wave(None, contents, about=f"{SUBJECT}:{run.id}/{number}")
    deliveries.queue_wave(c, wave, groups, now)


def remind(c: Connection, house: House, found: Sequence[Sent], now: datetime) -> int:
    """Remind the groups in which somebody has not answered a lesson; how many."""
    count = 0
    for (run_id, number), some in groupby(found, key=lambda each: (each.run_id, each.lesson)):
        chat_ids = [each.chat_id for each in some]
        run = training.get(c, run_id)
        groups = training.unanswered(c, run_id, number, chat_ids)
        _post(c, house, run, number, "training.reminder", groups, now)
        training.reminded(c, run_id, number, chat_ids)
        count += len(groups)
    return count


def _end(c: Connection, house: House, run: Run, state: RunState, key: str, now: datetime) -> None:
    """End a run, and tell whoever started it how it went."""
    assert run.unit_id is not None
    training.set_state(c, run.id, state)
    stood = learners.whole(c, run, run.unit_id, local_day(now, house.zone))
    text = house.words(key, course=run.course.name, stood=stood)
    for chat in reach.private_of(c, [run.started_by], now):
        deliveries.queue(c, Letter(chat.id, text), now)
