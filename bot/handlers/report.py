"""The report of a team: which one is meant, and where it is begun or gone on with."""

from collections.abc import Sequence

from bot.commands import Call
from bot.due import Wanted, called, due, form_for, meant, period_now
from bot.feature import Feature
from bot.filling import form_of
from bot.handlers.report_review import say_nothing
from bot.handlers.sentence import SURE, report_in
from bot.house import House
from bot.opening import GO_ON, open_report, reporting_unit, take_over
from bot.turn import Answer, Turn
from domain.answer import says_nothing, says_yes
from domain.channel import Choice
from domain.data_set import DataSet
from domain.period import Period
from domain.units import Unit
from storage import drafts

feature = Feature("report")

WEEKLY = "weekly_activity"
ALL = "all"


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
    found = called(turn, data_sets, unit, argument) if argument else due(turn, data_sets, unit)
    if len(found) == 1:
        data_set, period = found[0]
        open_report(turn, data_set.id, period.id)
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
    wanted = meant(turn, data_sets, unit)
    found = [each for each in wanted if each[0].takes_no_activity]
    if len(found) == 1:
        say_nothing(turn, form_for(found[0], unit))
    elif found:
        _which_nothing(turn, found, unit)
    else:
        _which(turn, wanted)


def _which_nothing(turn: Turn, found: Sequence[Wanted], unit: Unit) -> None:
    """Ask in which period there was nothing; in all, where they are of several reports."""
    begun = any(drafts.load(turn.c, form_for(each, unit)) for each in found)
    one_each = len({data_set.id for data_set, _ in found}) == len(found)
    rows = rows_of(turn, found)
    if one_each and not begun:
        rows.append([(ALL, turn.words("report.all_nothing", count=len(found)))])
    turn.ask("report.nothing", "report.ask_nothing", rows, {})


@feature.step("nothing")
def nothing_picked(turn: Turn, answer: Answer) -> None:
    chosen = turn.chosen(answer)
    unit = reporting_unit(turn, list(turn.house.data_sets.values())) if chosen else None
    if unit is None:
        return
    offered = [each.action.partition(":")[2] for each in turn.choices]
    turn.end()
    for value in offered[:-1] if chosen == ALL else [chosen]:
        data_set_id, _, period = value.partition("/")
        if data_set := turn.house.data_sets.get(data_set_id):
            wanted = data_set, Period.parse(period)
            say_nothing(turn, form_for(wanted, unit), sure=chosen == ALL)


def rows_of(turn: Turn, found: Sequence[Wanted]) -> list[list[tuple[str, str]]]:
    """Reports to choose from, by name and period."""
    return [
        [(f"{each.id}/{period.id}", turn.words("report.one", name=each.name, period=period))]
        for each, period in found
    ]


def _which(turn: Turn, found: Sequence[Wanted]) -> None:
    turn.ask("report.which", "report.ask_report", rows_of(turn, found), {})


@feature.step("which")
def which_picked(turn: Turn, answer: Answer) -> None:
    """A report is picked, or begun by a sentence."""
    if not answer.choice and report_in(turn, answer.text):
        return
    data_set, _, period = turn.chosen(answer).partition("/")
    if data_set in turn.house.data_sets:
        turn.end()
        open_report(turn, data_set, period)


@feature.press("begin")
def begin_pressed(turn: Turn, argument: str) -> None:
    """The button under a prompt."""
    data_set, _, period = argument.partition("/")
    open_report(turn, data_set, period)


@feature.step("take_over")
def taken_over(turn: Turn, answer: Answer) -> None:
    if not answer.choice and says_nothing(answer.text):
        turn.end()
        turn.say("door.stopped")
    elif answer.choice != GO_ON and not says_yes(answer.text):
        turn.hear_anew()
    elif turn.data.get("nothing"):
        say_nothing(turn, form_of(turn), taking_over=True)
    else:
        take_over(turn, form_of(turn))


def begin_choice(house: House, data_set: DataSet, period: Period) -> Choice:
    """The button that begins a report."""
    return Choice(house.words("report.begin"), f"report.begin:{data_set.id}/{period.id}")
