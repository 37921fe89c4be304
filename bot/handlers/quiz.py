"""Answers to the question of a lesson in a group: by button, by reply, or as "đáp án B"."""

from dataclasses import dataclass
from typing import Any

from bot.feature import Feature
from bot.training import SUBJECT, outcome
from bot.turn import Turn
from domain.course import LETTERS, Quiz
from domain.key import key_of
from storage import reach, training, units
from storage.training import Run, Sent

feature = Feature("quiz")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is said of an answer, by its key; `counted` when it was kept."""

    key: str
    values: dict[str, Any]
    counted: bool = False


@feature.press("pick")
def pressed(turn: Turn, argument: str) -> None:
    """The buttons under a lesson, which are everybody's in the team."""
    parts = argument.split("/")
    sent = _sent(turn, "/".join(parts[:2]))
    run = training.get(turn.c, sent.run_id) if sent else None
    option = int(parts[2]) if len(parts) == 3 and parts[2].isdecimal() else -1
    if run is None or sent is None or option not in range(len(_quiz(run, sent).options)):
        turn.notice = turn.words("door.old_button")
        return
    verdict = _judge(turn, run, sent, option)
    turn.notice = turn.words("quiz.short" if verdict.counted else verdict.key, **verdict.values)
    if verdict.counted:
        _congratulate(turn, run)


@feature.reply(SUBJECT)
def replied(turn: Turn, key: str) -> None:
    """A reply to a lesson or its reminder."""
    _said(turn, _sent(turn, key), turn.message.text)


@feature.command("quiz")
def said(turn: Turn, argument: str) -> None:
    """`đáp án B`, for the newest lesson of the group."""
    _said(turn, training.newest_in(turn.c, turn.chat.id), argument)


def _sent(turn: Turn, key: str) -> Sent | None:
    """The lesson that `run/lesson` names, if it came into this chat."""
    run_id, lesson = map(key_of, key.split("/", 1)) if "/" in key else (None, None)
    if run_id is None or lesson is None:
        return None
    return training.sent_to(turn.c, run_id, lesson, turn.chat.id)


def _quiz(run: Run, sent: Sent) -> Quiz:
    return run.course.lessons[sent.lesson - 1].quiz


def _said(turn: Turn, sent: Sent | None, text: str) -> None:
    if sent is None:
        turn.say("quiz.nothing")
        return
    run = training.get(turn.c, sent.run_id)
    quiz = _quiz(run, sent)
    option = quiz.chosen(text)
    if option is None:
        turn.say("quiz.which_letter", letters=quiz.letters, alone=False)
        return
    verdict = _judge(turn, run, sent, option)
    turn.say(verdict.key, name=turn.person.name, **verdict.values)
    if verdict.counted:
        _congratulate(turn, run)


def _judge(turn: Turn, run: Run, sent: Sent, option: int) -> Verdict:
    """Keep the answer, if it counts: of a member of the group's unit, once, while the run lasts."""
    if not run.open:
        return Verdict("quiz.ended", {})
    if sent.unit_id not in {role.unit_id for role in turn.roles}:
        return Verdict("quiz.not_here", {"unit": units.get(turn.c, sent.unit_id).name})
    quiz = _quiz(run, sent)
    key = (run.id, sent.lesson, turn.person.id, sent.unit_id, option, turn.now)
    if training.answer(turn.c, *key, correct=option == quiz.right):
        return Verdict("quiz.told", outcome(quiz, option), counted=True)
    before = training.answered(turn.c, run.id, turn.person.id)[sent.lesson]
    return Verdict("quiz.before", {"letter": LETTERS[before]})


def _congratulate(turn: Turn, run: Run) -> None:
    """Tell who has answered the last of the lessons, in private where that can be done."""
    if len(training.answered(turn.c, run.id, turn.person.id)) == len(run.course.lessons):
        for chat in reach.private_of(turn.c, [turn.person.id], turn.now):
            turn.tell(chat.id, "quiz.done", course=run.course.name)
