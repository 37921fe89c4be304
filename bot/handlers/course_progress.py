"""How far people and teams are in a course, and which questions are often answered wrongly."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.feature import Feature
from bot.turn import Answer, Turn
from domain.course import LETTERS, Course
from domain.people import Right
from storage import learners, training, units
from storage.learners import Chosen
from storage.training import Run, RunState

feature = Feature("course_progress")

LISTED = 8
NAMED = 30
WORST = 10
"""Questions that are shown of a unit."""


@feature.command("course_progress")
def progress(turn: Turn, argument: str) -> None:
    """In a group of the team, in private of one's units, else of oneself."""
    tops = turn.where(Right.TRAIN)
    here = turn.chat.unit_id if turn.in_group else None
    if here is not None:
        runs = training.reaching(turn.c, here, turn.line(here))
        for run in runs:
            _team(turn, run, here)
        if not runs:
            turn.say("train.members", running=[])
    elif tops and not turn.in_group:
        _choose(turn, tops)
    else:
        _own(turn)


def _own(turn: Turn) -> None:
    taken = learners.taken(turn.c, turn.person.id)
    courses = [(training.get(turn.c, each.run_id), each) for each in taken[:LISTED]]
    turn.say("course_progress.mine" if courses else "course_progress.none_mine", courses=courses)


def _team(turn: Turn, run: Run, unit_id: int) -> None:
    """Sums only: a group names nobody who is slow."""
    stood = learners.whole(turn.c, run, unit_id, turn.day)
    count = len(run.course.lessons)
    course = run.course.name
    turn.say("course_progress.team", course=course, sent=run.sent, count=count, stood=stood)


def _choose(turn: Turn, tops: Sequence[int]) -> None:
    found = [(top, run) for top in tops for run in _seen_from(turn, top)][:LISTED]
    if not found:
        turn.say("course_progress.nothing")
    elif len(found) == 1:
        _show(turn, found[0][1], found[0][0])
    else:
        rows = [[(f"{run.id}/{top}", _label(turn, run))] for top, run in found]
        turn.ask("course_progress.run", "course_progress.which", rows, {})


def _seen_from(turn: Turn, top_id: int) -> list[Run]:
    """The runs of a unit and below, and the open ones from above that reach it."""
    own = training.below(turn.c, top_id, turn.day, [*RunState], LISTED)
    known = {run.id for run in own}
    above = training.reaching(turn.c, top_id, turn.line(top_id))
    return [*own, *(run for run in above if run.id not in known)]


def _label(turn: Turn, run: Run) -> str:
    assert run.unit_id is not None
    unit = units.get(turn.c, run.unit_id).name
    return turn.words("train.label", course=run.course.name, unit=unit)


@feature.step("run")
def run_picked(turn: Turn, answer: Answer) -> None:
    run_id, _, top_id = turn.meant(answer).partition("/")
    if not top_id or not turn.may(Right.TRAIN, int(top_id)):
        turn.hear_anew()
        return
    turn.end()
    _show(turn, training.get(turn.c, int(run_id)), int(top_id))


def _show(turn: Turn, run: Run, top_id: int) -> None:
    """The whole that both the person and the run reach: by branch, or by name in one team."""
    assert run.unit_id is not None
    top = run.unit_id if top_id in turn.line(run.unit_id) else top_id
    branches = learners.by_branch(turn.c, run, top, turn.day)
    behind = sorted(branches, key=lambda each: (each.finished / each.members, each.name))
    turn.say(
        "course_progress.sums",
        course=run.course.name,
        stood=learners.whole(turn.c, run, top, turn.day),
        state=run.state.value,
        sent=run.sent,
        count=len(run.course.lessons),
        branches=behind[:NAMED],
        others=len(behind[NAMED:]),
        people=[] if branches else learners.of_unit(turn.c, run.id, top),
    )


@dataclass(frozen=True, slots=True)
class Mistake:
    """A question, how many answered it wrongly, and the wrong option that they chose most."""

    topic: str
    question: str
    wrong: int
    total: int
    often: str


@feature.command("mistakes")
def mistakes(turn: Turn, argument: str) -> None:
    tops = turn.where(Right.TRAIN)
    if not tops:
        turn.say("door.not_allowed")
    for top in tops:
        found = list(_mistakes(turn, learners.chosen(turn.c, top, turn.day)))
        if not found:
            turn.say("course_progress.no_mistakes")
            continue
        topics = defaultdict(list)
        for each in sorted(found, key=lambda each: -each.wrong / each.total)[:WORST]:
            topics[each.topic].append(each)
        unit = units.get(turn.c, top).name
        turn.say("course_progress.mistakes", unit=unit, topics=list(topics.items()))


def _mistakes(turn: Turn, rows: Sequence[Chosen]) -> Iterator[Mistake]:
    questions = defaultdict(list)
    for row in rows:
        questions[row.edition_id, row.lesson].append(row)
    courses = training.courses(turn.c, {edition_id for edition_id, _ in questions})
    for (edition_id, lesson), answers in questions.items():
        wrong = [each for each in answers if not each.correct]
        if wrong:
            yield _mistake(courses[edition_id], lesson, answers, wrong)


def _mistake(
    course: Course, lesson: int, answers: Sequence[Chosen], wrong: Sequence[Chosen]
) -> Mistake:
    quiz = course.lessons[lesson - 1].quiz
    often = max(wrong, key=lambda each: each.times).option
    return Mistake(
        course.topic,
        quiz.question,
        sum(each.times for each in wrong),
        sum(each.times for each in answers),
        f"{LETTERS[often]}. {quiz.options[often]}",
    )
