"""The last look at a report: handing it in, correcting it, saying that there was no activity."""

from dataclasses import replace

from bot.commands import Call
from bot.due import in_words
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
from bot.opening import AGAIN, filed_again, offer, refused, show_filed
from bot.sentence import correct as correct_by_words
from bot.sentence import understand
from bot.turn import Answer, Turn
from domain.answer import says_nothing, says_yes
from domain.data_set import ValueType
from domain.rates import Survey
from scheduler.telemetry import Count
from storage import approvals, chats, drafts, reports, tallies
from storage.reports import Form, Report

feature = Feature("report_review")

ONE_BY_ONE = "one_by_one"


@feature.step("review")
def reviewed(turn: Turn, answer: Answer) -> None:
    """Hand in, or say which answer is wrong."""
    filling = mine(turn)
    if filling is None:
        return
    if answer.choice:
        _decided(turn, filling, answer.choice)
    elif not correct_by_words(turn, filling, answer.text):
        _decided(turn, filling, turn.chosen(answer, yes=SEND))


def _decided(turn: Turn, filling: Filling, choice: str) -> None:
    if choice == SEND:
        _send(turn, filling)
    elif choice == FIX:
        which(turn, filling)


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
    if not answer.choice and correct_by_words(turn, filling, answer.text):
        return
    asked = {each.id: each for each in filling.data_set.asked(filling.answers)}
    if (chosen := turn.chosen(answer)) in asked:
        ask(turn, filling, asked[chosen])


def say_nothing(turn: Turn, form: Form, *, sure: bool = False, taking_over: bool = False) -> None:
    """Let a report say that nothing was done; what was answered, or is in, is not lost unasked."""
    draft, filed = drafts.load(turn.c, form), reports.find(turn.c, form)
    form = replace(form, version=draft.version) if draft else form
    filling = filling_of(turn, form, draft.answers if draft else {})
    begun = draft is not None and filling.data_set.given(draft.answers)
    if filed and not draft:
        show_filed(turn, form, filed)
    elif refused(turn, filling):
        return
    elif draft and begun and draft.person_id != turn.person.id and not taking_over:
        offer(turn, filling, draft, {"nothing": True})
    elif sure and not begun:
        submit(turn, filling, no_activity=True)
    else:
        ask_no_activity(turn, filling)


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
    again = turn.house.vocabulary.parse(answer.text) == Call("no_activity")
    chosen = SEND if again else turn.chosen(answer, yes=SEND)
    if chosen == SEND:
        submit(turn, filling, no_activity=True)
    elif chosen == ONE_BY_ONE:
        go_on(turn, filling)


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
    kind = turn.words(f"report.per_{filling.data_set.period_type}")
    again = in_words(turn.house, filling.data_set, filling.period, turn.now)
    values |= {"kind": kind, "again": again}
    values |= {"standing": None} if no_activity else feedback(turn, filling)
    turn.say(key, **values)
    for group in chats.groups_of(turn.c, filling.form.unit_id):
        if group.id != turn.chat.id:
            turn.tell(group.id, key, **values)


@feature.step("filed")
def correct(turn: Turn, answer: Answer) -> None:
    """Correct a report that is in, by its button or by naming a number anew."""
    form = form_of(turn)
    filed = reports.find(turn.c, form)
    if filed is None or says_nothing(answer.text) or says_yes(answer.text):
        turn.end()
        turn.say("door.stopped")
        return
    filling = filed_again(turn, form, filed)
    if turn.meant(answer) == AGAIN:
        _begin_again(turn, filling, filed)
    elif not understand(turn, answer.text, filling.data_set).values:
        turn.hear_anew()
    elif not refused(turn, filling):
        correct_by_words(turn, filling, answer.text)


def _begin_again(turn: Turn, filling: Filling, filed: Report) -> None:
    if refused(turn, filling):
        return
    if filed.no_activity:
        go_on(turn, filling)
    else:
        keep(turn, filling)
        which(turn, filling)
