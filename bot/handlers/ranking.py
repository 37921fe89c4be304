"""Who reports best among the children of a unit: by rate, then by how many were on time."""

from bot.due import Wanted, spoken_of
from bot.feature import Feature
from bot.turn import Turn
from domain.people import Right
from domain.rates import Survey, ranked
from storage import units
from storage.totals import summed

feature = Feature("ranking")

FIRST = 30


@feature.command("ranking")
def ranking(turn: Turn, argument: str) -> None:
    """Coordinators see the whole list, a team its own place."""
    wanted = spoken_of(turn, argument)
    if wanted is None:
        turn.say("totals.bad_period", text=argument)
    elif tops := turn.where(Right.SEE_STATUS):
        for top_id in tops:
            _show(turn, wanted, top_id)
    elif turn.unit_id is not None:
        _show_own(turn, wanted, turn.unit_id)
    else:
        turn.say("report.no_unit")


def _show(turn: Turn, wanted: Wanted, top_id: int) -> None:
    survey = Survey(*wanted, turn.house.zone)
    places = ranked(summed(turn.c, [survey], top_id).branches)
    if not places:
        turn.say("ranking.none")
        return
    turn.say(
        "ranking.list",
        name=survey.data_set.name,
        period=survey.period,
        unit=units.get(turn.c, top_id).name,
        first=places[:FIRST],
        more=len(places[FIRST:]),
    )


def _show_own(turn: Turn, wanted: Wanted, unit_id: int) -> None:
    """Only its own place: nobody is shown up before his neighbours."""
    survey = Survey(*wanted, turn.house.zone)
    above = units.parent(turn.c, unit_id, survey.day)
    places = ranked(summed(turn.c, [survey], above).branches) if above else []
    place = next((place for place, unit, _ in places if unit.id == unit_id), None)
    if above is None or place is None:
        turn.say("ranking.none")
        return
    turn.say(
        "ranking.own",
        period=survey.period,
        unit=units.get(turn.c, unit_id).name,
        above=units.get(turn.c, above).name,
        place=place,
        count=len(places),
        alike=sum(other == place for other, _, _ in places),
    )
