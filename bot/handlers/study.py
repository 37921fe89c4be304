"""Learning alone at one's own pace, and the certificate of a finished course."""

from typing import Any

from markupsafe import Markup

from bot.feature import Feature
from bot.training import lesson_values, outcome
from bot.turn import Answer, Turn
from domain.answer import kernel
from domain.course import Course
from domain.period import local_day
from storage import errands, learners, training
from storage.errands import Kind
from storage.learners import Taken
from storage.training import Run, RunState

feature = Feature("study")

GO_ON, LATER = "go_on", "later"
_MORE = frozenset({"tiep", "hoc tiep", "tiep tuc", "tiep theo", "bai sau", "hoc tiep bai sau"})
_PUTTING_OFF = "thoi de mai lat lan luc hom dip sau khac nua nghi ban hoc tiep da roi"
_LATER = frozenset(_PUTTING_OFF.split())
_WHEN = frozenset({"mai", "lat", "sau", "khac", "nghi", "ban"})
LEAST_WORDS = 3
"""Of fewer words, what fits no question of a lesson is a slip and nothing else."""


@feature.command("study")
def study(turn: Turn, argument: str) -> None:
    if turn.in_group:
        turn.say("study.private")
        return
    begun = {run.course.id: run for run in training.alone(turn.c, turn.person.id)}
    courses = [(course, _answered(turn, begun.get(course.id))) for course in _known(turn)]
    rows = [[(course.id, course.name)] for course, _ in courses]
    turn.ask("study.course", "study.which", rows, {}, courses=courses)


def _known(turn: Turn) -> list[Course]:
    return list(turn.house.courses.values())


def _answered(turn: Turn, run: Run | None) -> int:
    return len(training.answered(turn.c, run.id, turn.person.id)) if run else 0


@feature.step("course")
def course_picked(turn: Turn, answer: Answer) -> None:
    """Go on with a course that was begun, else begin it."""
    course = turn.house.courses.get(turn.meant(answer))
    if course is None:
        turn.hear_anew()
        return
    begun = [run for run in training.alone(turn.c, turn.person.id) if run.course.id == course.id]
    run_id = begun[0].id if begun else training.start(turn.c, course, turn.person.id, turn.now)
    _show(turn, training.get(turn.c, run_id))


def _show(turn: Turn, run: Run) -> None:
    """The first lesson that has no answer."""
    number = _answered(turn, run) + 1
    values = lesson_values(run.course, number)
    row = [
        (str(place), turn.words("training.option", letter=letter))
        for place, (letter, _) in enumerate(values["options"])
    ]
    data = {"run": run.id, "lesson": number}
    turn.ask(
        "study.answer", "training.lesson", [row], data, numbered=False, **values, in_group=False
    )


@feature.step("answer")
def answered(turn: Turn, answer: Answer) -> None:
    """An option by its button, letter, number or words; anything else was not meant for this."""
    run, number = training.get(turn.c, turn.data["run"]), turn.data["lesson"]
    quiz = run.course.lessons[number - 1].quiz
    option = int(answer.choice) if answer.choice.isdecimal() else quiz.chosen(answer.text)
    if option not in range(len(quiz.options)):
        _beside(turn, answer, "quiz.which_letter", letters=quiz.letters, alone=True)
        return
    key = (run.id, number, turn.person.id, None, option, turn.now)
    training.answer(turn.c, *key, correct=option == quiz.right)
    told = outcome(quiz, option)
    said = Markup(turn.words("study.right" if told["correct"] else "study.wrong", **told))
    if number == len(run.course.lessons):
        training.set_state(turn.c, run.id, RunState.FINISHED)
        turn.end()
        turn.say("study.finished", said=said, course=run.course.name)
    else:
        rows = [[(each, turn.words(f"study.{each}")) for each in (GO_ON, LATER)]]
        turn.ask("study.next", "study.next", rows, {"run": run.id}, said=said)


def _beside(turn: Turn, answer: Answer, key: str, **values: Any) -> None:
    """Rest when they put it off, ask a slip again; else hear it as if nothing was open."""
    said = kernel(answer.text).split()
    if _LATER.issuperset(said) and _WHEN.intersection(said):
        _rest(turn)
    elif len(said) < LEAST_WORDS and not turn.house.vocabulary.is_command(answer.text):
        turn.say(key, **values)
    else:
        turn.hear_anew()


def _rest(turn: Turn) -> None:
    turn.end()
    turn.say("study.rest")


@feature.step("next")
def next_wanted(turn: Turn, answer: Answer) -> None:
    more = kernel(answer.text) in _MORE
    choice = GO_ON if more else turn.meant(answer, yes=GO_ON, no=LATER)
    run = training.get(turn.c, turn.data["run"])
    done = run.course.lessons[_answered(turn, run) - 1]
    if choice == GO_ON:
        _show(turn, run)
    elif choice == LATER:
        _rest(turn)
    elif done.quiz.chosen(answer.text) is not None:
        turn.say("door.choose")  # another answer to what was answered
    else:
        _beside(turn, answer, "door.choose")


@feature.command("certificate")
def certificate(turn: Turn, argument: str) -> None:
    taken = learners.taken(turn.c, turn.person.id)
    done = {_course(turn, each).id: each for each in reversed(taken) if each.finished}
    if not done:
        runs = [training.get(turn.c, each.run_id) for each in taken]
        missed = [_missed(turn, run) for run in runs]
        turn.say("study.not_yet", courses=zip(runs, taken, missed, strict=True))
    elif len(done) == 1:
        _give(turn, next(iter(done.values())))
    else:
        rows = [[(str(each.run_id), _course(turn, each).name)] for each in done.values()]
        turn.ask("study.certificate", "study.which_certificate", rows, {})


def _missed(turn: Turn, run: Run) -> list[int]:
    """The lessons of a team's course that came and still wait for this person's answer."""
    if not run.unit_id or not run.open:
        return []
    answered = training.answered(turn.c, run.id, turn.person.id)
    return [number for number in range(1, run.sent + 1) if number not in answered]


def _course(turn: Turn, taken: Taken) -> Course:
    return training.get(turn.c, taken.run_id).course


@feature.step("certificate")
def certificate_picked(turn: Turn, answer: Answer) -> None:
    taken, chosen = learners.taken(turn.c, turn.person.id), turn.meant(answer)
    done = [each for each in taken if each.finished and str(each.run_id) == chosen]
    if done:
        turn.end()
        _give(turn, done[0])
    else:
        turn.hear_anew()


def _give(turn: Turn, taken: Taken) -> None:
    """Have the picture made apart from this answer: drawing takes its time."""
    if turn.can.files_out:
        subject = {"run": taken.run_id, "person": turn.person.id}
        errands.give(turn.c, Kind.CERTIFICATE, subject, turn.chat.id, turn.now)
        turn.say("study.comes")
        return
    day = local_day(taken.last_at, turn.house.zone)
    values: dict[str, Any] = {"name": turn.person.name, "course": _course(turn, taken).name}
    turn.say("study.no_files", **values, day=day)
