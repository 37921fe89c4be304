"""The line that whoever reports hears at once."""

from typing import Any

from bot.filling import Filling
from bot.turn import Turn
from domain.feedback import standing
from domain.rates import Survey
from storage import approvals, neighbours, units


def feedback(turn: Turn, filling: Filling) -> dict[str, Any]:
    """What `feedback.line` says of a report; its `standing` is None with nothing to say."""
    unit_id = filling.form.unit_id
    survey = Survey(filling.data_set, filling.period, turn.house.zone)
    past = approvals.past(turn.c, survey, [unit_id]).get(unit_id, {})
    near = neighbours.numbers(turn.c, survey, unit_id)
    parent_id = units.parent(turn.c, unit_id, survey.day)
    level = units.get(turn.c, parent_id).level if parent_id else ""
    return {
        "standing": standing(filling.data_set, filling.data_set.given(filling.answers), past, near),
        "place": turn.house.levels[level].name if level in turn.house.levels else "",
    }
