"""What the teams reported: sums, how many are in, and who is missing."""

from datetime import timedelta

from bot.feature import Feature
from bot.handlers.report import WEEKLY, lines, prompt
from bot.turn import Turn
from domain.channel import Choice
from domain.data_set import DataSet, last_day, week_of
from domain.people import Right
from domain.period import Week
from domain.text import fold
from storage import reports, units
from storage.reports import Rate, Survey

feature = Feature("totals")

NAMED = 30
REST = timedelta(hours=4)
"""How long a team that was asked is left in peace."""


@feature.command("totals")
def totals(turn: Turn, argument: str) -> None:
    """A week's sums for the unit; `tuần trước` or `2026W46` name another week than this."""
    tops = turn.where(Right.SEE_STATUS)
    if not tops:
        turn.say("door.not_allowed")
        return
    try:
        week = _week(turn, argument)
    except ValueError:
        turn.say("totals.bad_week", text=argument)
        return
    for top_id in tops:
        _show(turn, turn.house.data_sets[WEEKLY], week, top_id)


def _week(turn: Turn, text: str) -> Week:
    now = week_of(turn.now, turn.house.zone)
    match fold(text):
        case "" | "tuan nay":
            return now
        case "truoc" | "tuan truoc":
            return now.previous()
        case other:
            return Week.parse(other)


def survey_of(data_set: DataSet, week: Week) -> Survey:
    return Survey(data_set.id, week.id, data_set.levels, last_day(week))


def _show(turn: Turn, data_set: DataSet, week: Week, top_id: int) -> None:
    survey = survey_of(data_set, week)
    branches = sorted(reports.rate_by_branch(turn.c, survey, top_id), key=_silence, reverse=True)
    turn.say(
        "totals.sums",
        name=data_set.name,
        unit=units.get(turn.c, top_id).name,
        week=week,
        rate=reports.rate(turn.c, survey, top_id),
        lines=lines(data_set, reports.totals(turn.c, survey, top_id)),
        branches=branches[:NAMED],
        others=len(branches[NAMED:]),
    )
    missing = reports.missing(turn.c, survey, top_id)
    if missing:
        remind = Choice(turn.words("totals.remind"), f"totals.remind:{week.id}")
        parents = units.parent_names(turn.c, top_id, survey.day)
        named = [(unit.name, parents.get(unit.code, "")) for unit in missing[:NAMED]]
        turn.say("totals.missing", [[remind]], units=named, count=len(missing))


def _silence(branch: tuple[str, Rate]) -> int:
    """How many reports are missing from a branch: those that need a call stand first."""
    return branch[1].expected - branch[1].actual


@feature.press("remind")
def remind_pressed(turn: Turn, argument: str) -> None:
    """The button under the list of who is missing."""
    _remind(turn, Week.parse(argument))


@feature.command("remind")
def remind(turn: Turn, argument: str) -> None:
    """In words: the teams that have not reported this week."""
    _remind(turn, week_of(turn.now, turn.house.zone))


def _remind(turn: Turn, week: Week) -> None:
    """Ask the missing teams once more, none of them twice within some hours."""
    tops = turn.where(Right.SEE_STATUS)
    if not tops:
        turn.say("door.not_allowed")
        return
    data_set = turn.house.data_sets[WEEKLY]
    survey = survey_of(data_set, week)
    due = [
        team
        for top_id in tops
        for team in reports.to_remind(turn.c, survey, top_id, turn.now - REST)
    ]
    for team in due:
        reports.reminded(turn.c, survey, team.unit_id, turn.now)
        prompt(turn.c, turn.house, data_set, week, team, turn.now)
    turn.say("totals.reminded" if due else "totals.none_to_remind", count=len(due))
