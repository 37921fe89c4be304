"""The reports of a period as files: a workbook, and the official report as Word."""

from bot.due import spoken_of
from bot.feature import Feature
from bot.paper import subject
from bot.turn import Turn
from domain.people import Right
from domain.rates import Survey
from storage import errands, units
from storage.errands import Kind

feature = Feature("export")


@feature.command("export")
def export(turn: Turn, argument: str) -> None:
    """Those of the last period that was asked for, or of one that is named.

    They are made apart from this answer, because they may be large.
    """
    tops, wanted = turn.where(Right.SEE_STATUS), spoken_of(turn, argument)
    if not tops:
        turn.say("door.not_allowed")
    elif wanted is None:
        turn.say("totals.bad_period", text=argument)
    elif not turn.can.files_out:
        turn.say("paper.no_files")
    else:
        survey = Survey(*wanted, turn.house.zone)
        for top_id in tops:
            unit = units.get(turn.c, top_id).name
            turn.say("paper.comes", unit=unit, period=survey.period)
            for kind in (Kind.REPORTS, Kind.OFFICIAL):
                errands.give(turn.c, kind, subject(survey, top_id), turn.chat.id, turn.now)
