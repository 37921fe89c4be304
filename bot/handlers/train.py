"""Starting a course for a unit and all below it, or for one group; pausing and stopping it."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from markupsafe import Markup

from bot.commands import Call
from bot.feature import Feature
from bot.handlers import approve, pick
from bot.request import CourseRequest
from bot.training import begin, groups_of, shortage
from bot.turn import Answer, Turn
from bot.words import Said
from domain.answer import without_politeness
from domain.day import coming_day, fold_letters, parse_day
from domain.people import Right
from storage import training, units
from storage.rows import AnyRow
from storage.training import OPEN, Run, RunState

feature = Feature("train")

BEGIN = "begin"
FARTHEST = timedelta(days=90)
"""How far ahead a course may be set to start."""
LISTED = 8


class Act(StrEnum):
    """What can be done with an open run."""

    PAUSE = "pause"
    RESUME = "resume"
    STOP = "stop"


@feature.command("courses")
def courses(turn: Turn, argument: str) -> None:
    """In a group a course is for that group, in private for a unit to be picked."""
    tops = turn.where(Right.TRAIN)
    here = turn.chat.unit_id if turn.in_group else None
    if not tops or (here and not turn.may(Right.TRAIN, here)):
        own = turn.unit_id
        runs = training.reaching(turn.c, own, turn.line(own)) if own else []
        turn.say("train.members", running=_lines(turn, runs))
    elif turn.in_group and here is None:
        turn.say("train.unbound")
    else:
        known = list(turn.house.courses.values())
        rows = [[(course.id, course.name)] for course in known]
        running = _lines(turn, open_below(turn, [here] if here else tops))
        data = {"tops": tops, "unit": here, "chat": turn.chat.id if here else None}
        turn.ask("train.course", "train.which", rows, data, courses=known, running=running)


def open_below(turn: Turn, tops: Sequence[int]) -> list[Run]:
    """The open runs of some units and of all below them, each once, the newest first."""
    found = {
        run.id: run for top in tops for run in training.below(turn.c, top, turn.day, OPEN, LISTED)
    }
    return list(found.values())[:LISTED]


def _lines(turn: Turn, runs: Sequence[Run]) -> list[Markup]:
    return [Markup(turn.words("train.running", **_values(turn, run))) for run in runs]


def _values(turn: Turn, run: Run) -> dict[str, Any]:
    """What the sentences about a run need."""
    return {
        "course": run.course.name,
        "unit": units.get(turn.c, run.unit_id).name if run.unit_id else "",
        "state": run.state,
        "sent": run.sent,
        "count": len(run.course.lessons),
    }


@feature.step("course")
def course_picked(turn: Turn, answer: Answer) -> None:
    chosen = turn.chosen(answer)
    if not chosen:
        return
    data = turn.data | {"course": chosen}
    if data["unit"]:
        turn.reopen(data)
        turn.next = ("train.unit", Answer(choice=str(data["unit"])))
    else:
        pick.pick_unit(turn, "train.unit", data["tops"], data, subtree=True)


@feature.step("unit")
def unit_picked(turn: Turn, answer: Answer) -> None:
    """Ask for the first day, where a course can start at all."""
    data = turn.data | {"unit": int(answer.choice)}
    if _refused(turn, data, _groups(turn, data)):
        return
    monday = turn.day + timedelta(days=8 - turn.day.isoweekday())
    days = {"today": turn.day, "tomorrow": turn.day + timedelta(days=1), "monday": monday}
    rows = [[(day.isoformat(), turn.words(f"train.{name}"))] for name, day in days.items()]
    course = turn.house.courses[data["course"]].name
    turn.ask("train.day", "train.day", rows, data, numbered=False, course=course, example=monday)


def _refused(turn: Turn, data: dict[str, Any], groups: Sequence[AnyRow]) -> bool:
    """Whether a course cannot start there; says why."""
    found = _obstacle(turn, data, groups)
    if found:
        turn.end()
    return turn.voice(found)


def _obstacle(turn: Turn, data: dict[str, Any], groups: Sequence[AnyRow]) -> Said | None:
    course, unit = turn.house.courses.get(data["course"]), units.get(turn.c, data["unit"])
    if not turn.may(Right.TRAIN, unit.id):
        return Said("door.not_allowed")
    if course is None:
        return Said("train.gone")
    if not unit.open_on(turn.day):
        return Said("train.closed", {"unit": unit.name})
    below = [] if data["chat"] else [each.id for each in units.below(turn.c, unit.id, turn.day)]
    line = turn.line(unit.id)
    if there := training.overlapping(turn.c, course.id, unit.id, line, below):
        return Said("train.twice", _values(turn, there))
    return None if groups else Said("train.nobody", {"unit": unit.name})


def _groups(turn: Turn, data: dict[str, Any]) -> Sequence[AnyRow]:
    return groups_of(turn.c, turn.house, data["unit"], data["chat"], turn.now)


def _plan(turn: Turn, data: dict[str, Any]) -> list[datetime]:
    """When each lesson goes."""
    day = date.fromisoformat(data["day"])
    return turn.house.courses[data["course"]].begins(day, turn.now, turn.house.calendar)


def _reached(turn: Turn, data: dict[str, Any]) -> Sequence[AnyRow]:
    """The groups to which a course goes; none, and why, where it cannot, or not on that day."""
    groups = _groups(turn, data)
    if _refused(turn, data, groups):
        return []
    found = shortage(turn.c, turn.house, groups, _plan(turn, data)) or approve.nobody(
        turn, data["unit"], len(groups)
    )
    return [] if turn.voice(found) else groups


def _day(text: str, today: date) -> date:
    """Read "2026-11-23" or, as people say it, "mai nhé", "27/11"; raises ValueError."""
    plain = without_politeness(text)
    if not plain:
        raise ValueError(text)
    try:
        return parse_day(plain, today)
    except ValueError:
        return coming_day(fold_letters(plain), today)


@feature.step("day")
def day_given(turn: Turn, answer: Answer) -> None:
    last = turn.day + FARTHEST
    try:
        day = _day(turn.meant(answer) or answer.text, turn.day)
    except ValueError:
        turn.say("train.bad_day", example=turn.day + timedelta(days=1))
        return
    if not turn.day <= day <= last:
        turn.say("train.far_day", last=last)
        return
    data = turn.data | {"day": day.isoformat()}
    if groups := _reached(turn, data):
        _confirm(turn, data, len(groups))


def _confirm(turn: Turn, data: dict[str, Any], groups: int) -> None:
    course = turn.house.courses[data["course"]]
    rows = [[(BEGIN, turn.words("train.begin"))]]
    turn.ask(
        "train.confirm",
        "train.confirm",
        rows,
        data,
        course=course.name,
        unit=units.get(turn.c, data["unit"]).name,
        one=bool(data["chat"]),
        groups=groups,
        plan=_plan(turn, data),
    )


@feature.step("confirm")
def confirmed(turn: Turn, answer: Answer) -> None:
    begins = turn.chosen(answer, yes=BEGIN) == BEGIN
    if begins and (groups := _reached(turn, turn.data)):
        _start(turn, turn.data, len(groups))


def _start(turn: Turn, data: dict[str, Any], groups: int) -> None:
    number = training.start(
        turn.c,
        turn.house.courses[data["course"]],
        turn.person.id,
        turn.now,
        unit_id=data["unit"],
        chat_id=data["chat"],
        next_at=_plan(turn, data)[0],
        state=RunState.ASKED,
    )
    turn.end()
    run = training.get(turn.c, number)
    if approve.needed(turn, groups):
        approve.ask(turn, CourseRequest.of(run), groups)
    else:
        turn.voice(begin(turn.c, turn.house, run, turn.now))


@feature.command("stop_course")
def stop_course(turn: Turn, argument: str) -> None:
    """Choose a run among those of one's units and below, then what is to become of it."""
    tops = turn.where(Right.TRAIN)
    runs = open_below(turn, tops)
    if not tops:
        turn.say("door.not_allowed")
    elif len(runs) == 1:
        _ask_act(turn, runs[0])
    elif runs:
        rows = [[(str(run.id), turn.words("train.label", **_values(turn, run)))] for run in runs]
        turn.ask("train.run", "train.which_stop", rows, {})
    else:
        turn.say("train.none_open")


@feature.step("run")
def run_picked(turn: Turn, answer: Answer) -> None:
    """Which course; "tạm dừng" alone means none, and no document either."""
    called = turn.house.vocabulary.parse(answer.text)
    if not answer.choice and isinstance(called, Call) and called.command in _ACTS:
        turn.say("door.choose")
    elif (chosen := turn.chosen(answer)) and (run := _mine(turn, int(chosen))):
        _ask_act(turn, run)


_ACTS = ("pause", "resume", "stop_course")
"""Commands that somebody who was asked for a course gives for it."""


def _ask_act(turn: Turn, run: Run) -> None:
    acts = [*_FIRST.get(run.state, ()), Act.STOP]
    rows = [[(each, turn.words(f"train.{each}"))] for each in acts]
    turn.ask("train.act", "train.what", rows, {"run": run.id}, **_values(turn, run))


_FIRST = {RunState.RUNNING: [Act.PAUSE], RunState.PAUSED: [Act.RESUME]}
"""What can be done beside stopping it; one that waits for approval can only be given up."""


def _mine(turn: Turn, run_id: int) -> Run | None:
    """The run, if it is open and this person's to stop; else None, and a sentence about it."""
    run = training.find(turn.c, run_id)
    if run and run.open and run.unit_id and turn.may(Right.TRAIN, run.unit_id):
        return run
    turn.end()
    turn.say("train.ended")
    return None


@feature.step("act")
def acted(turn: Turn, answer: Answer) -> None:
    run = _mine(turn, turn.data["run"])
    if run is None:
        return
    match turn.chosen(answer):
        case Act.PAUSE:
            training.set_state(turn.c, run.id, RunState.PAUSED)
            _told(turn, "train.paused", run)
        case Act.RESUME:
            turn.end()
            turn.voice(begin(turn.c, turn.house, run, turn.now))
        case Act.STOP:
            training.set_state(turn.c, run.id, RunState.STOPPED)
            _told(turn, "train.stopped", run)


def _told(turn: Turn, key: str, run: Run) -> None:
    turn.end()
    turn.say(key, course=run.course.name)
