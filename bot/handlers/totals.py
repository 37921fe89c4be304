"""What the teams reported: sums, how many are in, and who is missing."""

from bot.feature import Feature
from bot.handlers.report import WEEKLY, lines
from bot.turn import Turn
from domain.data_set import DataSet, last_day, week_of
from domain.people import Right
from domain.period import Week
from domain.text import fold
from storage import reports, units
from storage.reports import Survey

feature = Feature("totals")

NAMED = 30


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
    _show(turn, turn.house.data_sets[WEEKLY], week, tops[0])


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
    turn.say(
        "totals.sums",
        name=data_set.name,
        unit=units.get(turn.c, top_id).name,
        week=week,
        rate=reports.rate(turn.c, survey, top_id),
        lines=lines(data_set, reports.totals(turn.c, survey, top_id)),
        branches=reports.rate_by_branch(turn.c, survey, top_id)[:NAMED],
    )
    missing = reports.missing(turn.c, survey, top_id)
    if missing:
        turn.say("totals.missing", units=missing[:NAMED], count=len(missing))
