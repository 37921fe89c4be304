"""The report of a team: which one is meant, and where it is begun or gone on with."""

from collections.abc import Sequence

from bot.commands import Call
from bot.due import Wanted, due, form_for, named, period_now
from bot.feature import Feature
from bot.filling import filling_of, form_of
from bot.handlers.report_review import ask_no_activity
from bot.handlers.sentence import SURE, report_in
from bot.house import House
from bot.opening import GO_ON, open_report, refused, reporting_unit, take_over
from bot.turn import Answer, Turn
from domain.channel import Choice
from domain.data_set import DataSet
from domain.period import Period, PeriodType
from domain.text import fold
from domain.units import Unit
from storage import drafts, reports

feature = Feature("report")

WEEKLY = "weekly_activity"


@feature.command("report")
def report(turn: Turn, argument: str) -> None:
    """The report that is due, or the one that is named: "báo cáo tháng", "báo cáo tuần trước"."""
    if turn.house.vocabulary.parse(argument) == Call("no_activity"):
        no_activity(turn, argument)
        return
    unit = reporting_unit(turn, list(turn.house.data_sets.values()))
    if unit is None:
        return
    data_sets = [each for each in turn.house.data_sets.values() if unit.level in each.levels]
    found = named(turn, data_sets, argument) if argument else due(turn, data_sets, unit)
    if len(found) == 1:
        _open(turn, *found[0])
    elif argument and report_in(turn, argument, least=1 if turn.spoken_to else SURE):
        return
    elif found:
        _which(turn, found)
    elif turn.spoken_to:
        # In a group, whoever was not speaking to Loa may have meant something else.
        _which(turn, [(each, period_now(turn, each)) for each in data_sets])


@feature.command("no_activity")
def no_activity(turn: Turn, argument: str) -> None:
    """The report that is due, or the one that is meant ("tháng này …"), says: nothing was done."""
    unit = reporting_unit(turn, list(turn.house.data_sets.values()))
    if unit is None:
        return
    data_sets = [each for each in turn.house.data_sets.values() if unit.level in each.levels]
    said = _period_said(turn)
    wanted = named(turn, data_sets, said) if said else due(turn, data_sets, unit)
    found = [each for each in wanted if each[0].takes_no_activity]
    if len(found) == 1:
        _no_activity(turn, found[0], unit)
    else:
        _which(turn, found or wanted)


def _period_said(turn: Turn) -> str:
    """Which period was spoken of: "tuần", "tháng trước", "quý"; empty for none."""
    kinds = (turn.words(f"report.per_{kind}") for kind in PeriodType)
    said = fold(turn.message.text).split()
    kind = next((kind for kind in kinds if fold(kind) in said), "")
    ago = {"truoc", "roi", "qua"}.intersection(said)
    return f"{kind} trước" if kind and ago else kind


def _no_activity(turn: Turn, wanted: Wanted, unit: Unit) -> None:
    filling = filling_of(turn, form_for(wanted, unit), {})
    if drafts.load(turn.c, filling.form) or reports.find(turn.c, filling.form):
        _open(turn, *wanted)
    elif not refused(turn, filling):
        ask_no_activity(turn, filling)


def _which(turn: Turn, found: Sequence[Wanted]) -> None:
    rows = [
        [
            (
                f"{data_set.id}/{period.id}",
                turn.words("report.one", name=data_set.name, period=period),
            )
        ]
        for data_set, period in found
    ]
    turn.ask("report.which", "report.ask_report", rows, {})


@feature.step("which")
def which_picked(turn: Turn, answer: Answer) -> None:
    data_set, _, period = answer.choice.partition("/")
    if data_set in turn.house.data_sets:
        turn.end()
        open_report(turn, data_set, period)
    else:
        turn.say("door.choose")


@feature.press("begin")
def begin_pressed(turn: Turn, argument: str) -> None:
    """The button under a prompt."""
    data_set, _, period = argument.partition("/")
    open_report(turn, data_set, period)


def _open(turn: Turn, data_set: DataSet, period: Period) -> None:
    open_report(turn, data_set.id, period.id)


@feature.step("take_over")
def taken_over(turn: Turn, answer: Answer) -> None:
    if answer.choice == GO_ON:
        take_over(turn, form_of(turn))
    else:
        turn.end()
        turn.say("door.stopped")


def one(turn: Turn, data_set: DataSet, period: Period) -> str:
    """A report by its name and period."""
    return turn.words("report.one", name=data_set.name, period=period)


def begin_choice(house: House, data_set: DataSet, period: Period) -> Choice:
    """The button that begins a report."""
    return Choice(house.words("report.begin"), f"report.begin:{data_set.id}/{period.id}")
