"""The last look at a report: handing it in, correcting it, saying that there was no activity."""

from bot.feature import Feature
from bot.feedback import feedback
from bot.filling import (
    FIX,
    SEND,
    Filling,
    ask,
    filling_of,
    form_of,
    go_on,
    keep,
    mine,
    named,
    which,
)
from bot.opening import AGAIN, refused
from bot.sentence import correct as correct_by_words
from bot.turn import Answer, Turn
from domain.data_set import ValueType
from domain.rates import Survey
from scheduler.telemetry import Count
from storage import approvals, chats, drafts, reports, tallies

feature = Feature("report_review")

ONE_BY_ONE = "one_by_one"


@feature.step("review")
def reviewed(turn: Turn, answer: Answer) -> None:
    """Hand in, or say which answer is wrong."""
    filling = mine(turn)
    if filling is None:
        return
    if answer.choice == SEND:
        _send(turn, filling)
    elif answer.choice == FIX:
        which(turn, filling)
    elif not correct_by_words(turn, filling, answer.text):
        turn.say("door.choose")


def _send(turn: Turn, filling: Filling) -> None:
    if filling.data_set.given(filling.answers):
        submit(turn, filling)
    elif filling.data_set.takes_no_activity:
        ask_no_activity(turn, filling)
    else:
        turn.say("report.empty_report")


@feature.step("which")
def which_picked(turn: Turn, answer: Answer) -> None:
    filling = mine(turn)
    if filling is None:
        return
    asked = {each.id: each for each in filling.data_set.asked(filling.answers)}
    if answer.choice in asked:
        ask(turn, filling, asked[answer.choice])
    else:
        turn.say("door.choose")


def ask_no_activity(turn: Turn, filling: Filling) -> None:
    """Make sure that there was no activity: answers given before would go."""
    keep(turn, filling)
    turn.ask(
        "report_review.no_activity",
        "report.ask_no_activity",
        [[(SEND, turn.words("report.send_nothing"))], [(ONE_BY_ONE, turn.words("report.answer"))]],
        filling.data,
        **named(turn, filling),
        answered=bool(filling.data_set.given(filling.answers)),
    )


@feature.step("no_activity")
def no_activity_said(turn: Turn, answer: Answer) -> None:
    filling = mine(turn)
    if filling is None:
        return
    if answer.choice == SEND:
        submit(turn, filling, no_activity=True)
    elif answer.choice == ONE_BY_ONE:
        go_on(turn, filling)
    else:
        turn.say("door.choose")


def submit(turn: Turn, filling: Filling, *, no_activity: bool = False) -> None:
    """Hand in the report; it is in from now on, and everybody of the team knows."""
    if refused(turn, filling):
        return
    photos = [each.id for each in filling.data_set.elements if each.type is ValueType.PHOTO]
    first = reports.submit(
        turn.c,
        filling.form,
        {} if no_activity else filling.data_set.given(filling.answers),
        turn.person.id,
        turn.now,
        photos=photos,
        no_activity=no_activity,
    )
    kind = "nothing" if no_activity else "submitted" if first else "corrected"
    turn.count(Count.REPORTS, filling.data_set.id, kind)
    _sum_up(turn, filling)
    drafts.drop(turn.c, filling.form)
    turn.end()
    _handed_in(turn, filling, first, no_activity)


def _sum_up(turn: Turn, filling: Filling) -> None:
    """Sum up anew; who approved what the report said before has not approved this."""
    newest = turn.house.data_sets.get(filling.form.data_set, filling.data_set)
    survey = Survey(newest, filling.period, turn.house.zone)
    tallies.keep(turn.c, survey, filling.form.unit_id)
    approvals.withdraw(turn.c, survey, filling.form.unit_id)


def _handed_in(turn: Turn, filling: Filling, first: bool, no_activity: bool) -> None:
    """Thank, and tell the team's groups of what was handed in elsewhere."""
    key = "report.submitted" if first else "report.corrected"
    values = named(turn, filling) | {"by": turn.person.name, "no_activity": no_activity}
    values["kind"] = turn.words(f"report.per_{filling.data_set.period_type}")
    values |= {"standing": None} if no_activity else feedback(turn, filling)
    turn.say(key, **values)
    for group in chats.groups_of(turn.c, filling.form.unit_id):
        if group.id != turn.chat.id:
            turn.tell(group.id, key, **values)


@feature.step("filed")
def correct(turn: Turn, answer: Answer) -> None:
    """Correct a report that is in."""
    form = form_of(turn)
    filed = reports.find(turn.c, form)
    if answer.choice != AGAIN or filed is None:
        turn.end()
        turn.say("door.stopped")
        return
    kept = reports.values(turn.c, filed.id)
    filling = filling_of(turn, form, kept)
    if refused(turn, filling):
        return
    if filed.no_activity:
        go_on(turn, filling)
        return
    answers = {each.id: kept.get(each.id) for each in filling.data_set.asked(kept)}
    filling = filling.with_answers(answers)
    keep(turn, filling)
    which(turn, filling)
