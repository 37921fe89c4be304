"""The weekly report: one question at a time, looked over, corrected, handed in.

The answers so far are a draft of the unit, not of the person: it outlives a restart, and somebody
else of the team may go on with it.
"""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection

from bot.feature import Feature
from bot.house import House
from bot.turn import Answer, Turn
from domain.channel import Choice
from domain.data_set import BadValue, DataElement, DataSet, ValueType, week_of, whole_number
from domain.number import NumberError, parse_number
from domain.people import Right
from domain.period import Week
from storage import deliveries, drafts, reports, units
from storage.deliveries import Letter
from storage.drafts import Draft
from storage.reports import Due, Form, Value

feature = Feature("report")

SEND, FIX, AGAIN, GO_ON, SKIP, BACK = "send", "fix", "again", "go_on", "skip", "back"
WEEKLY = "weekly_activity"
LONGEST_TEXT = 500


@feature.command("report")
def report(turn: Turn, argument: str) -> None:
    """This week's report of the unit: begun, gone on with, or corrected."""
    begin(turn, WEEKLY, week_of(turn.now, turn.house.zone).id)


@feature.press("begin")
def begin_pressed(turn: Turn, argument: str) -> None:
    """The button under the weekly prompt."""
    data_set, _, period = argument.partition("/")
    begin(turn, data_set, period)


def begin(turn: Turn, data_set_id: str, period: str) -> None:
    unit_id = _reporting_unit(turn, turn.house.data_sets[data_set_id])
    if unit_id is None:
        return
    data = {"data_set": data_set_id, "period": period, "unit": unit_id}
    form = _form(turn, data)
    draft = drafts.load(turn.c, form)
    if draft and draft.person_id != turn.person.id:
        turn.ask(
            "report.take_over",
            "report.somebody_else",
            [[(GO_ON, turn.words("report.take_over"))]],
            data,
            name=draft.person_name,
        )
    elif draft:
        _next(turn, data, draft.answers)
    elif reports.find(turn.c, form):
        _show_submitted(turn, data)
    else:
        _keep(turn, data, {})
        _next(turn, data, {}, opening=True)


def _reporting_unit(turn: Turn, data_set: DataSet) -> int | None:
    """The unit that is reported for; None, and a sentence about it, when there is none."""
    held = [turn.chat.unit_id] if turn.in_group else turn.where(Right.REPORT)
    named = [units.get(turn.c, unit_id) for unit_id in held if unit_id is not None]
    fitting = [unit for unit in named if unit.level in data_set.levels]
    if not fitting:
        turn.say("report.wrong_level" if named else "report.no_unit")
        return None
    if not fitting[0].open_on(turn.day):
        turn.say("report.closed_unit", unit=fitting[0].name)
        return None
    return fitting[0].id


def _form(turn: Turn, data: dict[str, Any]) -> Form:
    data_set = turn.house.data_sets[data["data_set"]]
    return Form(data_set.id, data_set.version, data["period"], data["unit"])


def _keep(turn: Turn, data: dict[str, Any], answers: dict[str, Value | None]) -> None:
    drafts.save(turn.c, _form(turn, data), answers, turn.person.id, turn.now)


def _mine(turn: Turn) -> Draft | None:
    """The draft that this person is filling; None, and a sentence, when it is theirs no more."""
    draft = drafts.load(turn.c, _form(turn, turn.data))
    if draft and draft.person_id == turn.person.id:
        return draft
    turn.end()
    turn.say(
        "report.taken" if draft else "report.finished", name=draft.person_name if draft else ""
    )
    return None


@feature.step("take_over")
def taken_over(turn: Turn, answer: Answer) -> None:
    draft = drafts.load(turn.c, _form(turn, turn.data))
    if answer.choice != GO_ON:
        turn.end()
        turn.say("door.stopped")
    elif draft is None:
        begin(turn, turn.data["data_set"], turn.data["period"])
    else:
        _keep(turn, turn.data, draft.answers)
        _next(turn, turn.data, draft.answers)


def _next(
    turn: Turn,
    data: dict[str, Any],
    answers: dict[str, Value | None],
    *,
    opening: bool = False,
) -> None:
    """Ask what is still open, or show the whole for a last look."""
    data_set = turn.house.data_sets[data["data_set"]]
    element = data_set.next_unanswered(answers)
    if element is None:
        _review(turn, data, answers)
    else:
        _ask(turn, data, element, opening=opening)


def _ask(turn: Turn, data: dict[str, Any], element: DataElement, *, opening: bool = False) -> None:
    data_set = turn.house.data_sets[data["data_set"]]
    position = data_set.position(element)
    moves = [(SKIP, turn.words("report.skip"))] if element.optional else []
    if position > 1:
        moves.append((BACK, turn.words("report.back")))
    turn.ask(
        "report.answer",
        "report.question",
        [moves] if moves else [],
        data | {"element": element.id},
        numbered=False,
        opening=opening,
        name=data_set.name,
        week=Week.parse(data["period"]),
        unit=units.get(turn.c, data["unit"]).name,
        position=position,
        count=len(data_set.elements),
        question=element.question,
        help=element.help,
    )


@feature.step("answer")
def answered(turn: Turn, answer: Answer) -> None:
    """Take one answer, and go on."""
    draft = _mine(turn)
    if draft is None:
        return
    data_set = turn.house.data_sets[turn.data["data_set"]]
    element = data_set.element(turn.data["element"])
    if answer.choice == BACK:
        _ask(turn, turn.data, data_set.elements[max(0, data_set.position(element) - 2)])
        return
    try:
        value = read_value(turn, element, answer)
    except BadValue as bad:
        turn.say(f"report.{bad.why}", **bad.values)
        return
    answers = draft.answers | {element.id: value}
    _keep(turn, turn.data, answers)
    _next(turn, turn.data, answers)


def read_value(turn: Turn, element: DataElement, answer: Answer) -> Value | None:
    """The value in an answer; None for a skipped question. Raises BadValue."""
    if answer.choice == SKIP and element.optional:
        return None
    if turn.message.file and not answer.text:
        raise BadValue("words_please")
    if element.type is ValueType.TEXT:
        if not answer.text or len(answer.text) > LONGEST_TEXT:
            raise BadValue("text_length", limit=LONGEST_TEXT)
        return answer.text
    try:
        return whole_number(parse_number(answer.text).value, element)
    except NumberError as bad:
        raise BadValue(bad.fault) from bad


def _review(turn: Turn, data: dict[str, Any], answers: dict[str, Value | None]) -> None:
    choices = [[(SEND, turn.words("report.send")), (FIX, turn.words("report.fix"))]]
    _summary(turn, "report.review", data, answers, choices, "report.review")


def _summary(
    turn: Turn,
    step: str,
    data: dict[str, Any],
    answers: dict[str, Value | None] | dict[str, Value],
    choices: list[list[tuple[str, str]]],
    key: str,
    **values: Any,
) -> None:
    data_set = turn.house.data_sets[data["data_set"]]
    turn.ask(
        step,
        key,
        choices,
        data,
        name=data_set.name,
        week=Week.parse(data["period"]),
        unit=units.get(turn.c, data["unit"]).name,
        lines=lines(data_set, answers),
        **values,
    )


def lines(data_set: DataSet, answers: Any) -> list[tuple[int, str, Value | None]]:
    """The answers for people to read: (number of the question, its name, the answer)."""
    return [
        (position, element.name, answers.get(element.id))
        for position, element in enumerate(data_set.elements, 1)
    ]


@feature.step("review")
def reviewed(turn: Turn, answer: Answer) -> None:
    """Hand in, or say which answer is wrong."""
    draft = _mine(turn)
    if draft is None:
        return
    if answer.choice == SEND:
        _submit(turn, draft)
    elif answer.choice == FIX:
        _which(turn)
    else:
        turn.say("door.choose")


def _submit(turn: Turn, draft: Draft) -> None:
    form = _form(turn, turn.data)
    data_set = turn.house.data_sets[form.data_set]
    given = {key: value for key, value in draft.answers.items() if value is not None}
    first = reports.submit(turn.c, form, given, turn.person.id, turn.now)
    drafts.drop(turn.c, form)
    turn.end()
    turn.say(
        "report.submitted" if first else "report.corrected",
        name=turn.person.name,
        unit=units.get(turn.c, form.unit_id).name,
        week=Week.parse(form.period),
        total=sum((v for v in given.values() if isinstance(v, Decimal)), Decimal(0)),
        data_set=data_set.name,
    )


def _which(turn: Turn) -> None:
    data_set = turn.house.data_sets[turn.data["data_set"]]
    rows = [[(each.id, f"{data_set.position(each)}. {each.name}")] for each in data_set.elements]
    turn.ask("report.which", "report.ask_which", rows)


@feature.step("which")
def which_picked(turn: Turn, answer: Answer) -> None:
    draft = _mine(turn)
    if draft is None:
        return
    data_set = turn.house.data_sets[turn.data["data_set"]]
    if answer.choice in {each.id for each in data_set.elements}:
        _ask(turn, turn.data, data_set.element(answer.choice))
    else:
        turn.say("door.choose")


def _show_submitted(turn: Turn, data: dict[str, Any]) -> None:
    """The report is in: show it, and let it be corrected."""
    filed = reports.find(turn.c, _form(turn, data))
    assert filed is not None
    answers = reports.values(turn.c, filed.id)
    choices = [[(AGAIN, turn.words("report.again"))]]
    at = filed.corrected_at or filed.submitted_at
    _summary(turn, "report.submitted", data, answers, choices, "report.is_in", at=at)


@feature.step("submitted")
def correct(turn: Turn, answer: Answer) -> None:
    filed = reports.find(turn.c, _form(turn, turn.data))
    if answer.choice != AGAIN or filed is None:
        turn.end()
        turn.say("door.stopped")
        return
    data_set = turn.house.data_sets[turn.data["data_set"]]
    kept = reports.values(turn.c, filed.id)
    _keep(turn, turn.data, {each.id: kept.get(each.id) for each in data_set.elements})
    _which(turn)


def prompt(
    c: Connection, house: House, data_set: DataSet, week: Week, due: Due, now: datetime
) -> None:
    """Ask a team's group for its report."""
    button = Choice(house.words("report.begin"), f"report.begin:{data_set.id}/{week.id}")
    text = house.words(
        "report.prompt",
        name=data_set.name,
        week=week,
        unit=due.unit_name,
        count=len(data_set.elements),
    )
    deliveries.queue(c, Letter(due.chat_id, text, ((button,),)), now)
