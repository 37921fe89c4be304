"""A review of reports: what is in from a unit's children, with what is odd in it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.turn import Turn
from domain.approval import ApprovalState, Reviewed, whole_state
from domain.data_set import Rule
from domain.oddity import Oddity, Outside, oddities
from domain.period import Period
from domain.rates import Survey
from storage import approvals, totals, units

ALL, ONE = "all", "one"
NAMED = 20


@dataclass(frozen=True, slots=True)
class Review:
    """A unit whose children's reports are looked at, and when they were shown."""

    survey: Survey
    top_id: int
    shown: datetime

    @property
    def data(self) -> dict[str, Any]:
        """What a conversation keeps of it."""
        return {
            "data_set": self.survey.data_set.id,
            "period": self.survey.period.id,
            "top": self.top_id,
            "shown": self.shown.isoformat(),
        }

    @classmethod
    def of(cls, turn: Turn) -> "Review":
        data = turn.data
        data_set = turn.house.data_sets[data["data_set"]]
        survey = Survey(data_set, Period.parse(data["period"]), turn.house.zone)
        return cls(survey, data["top"], datetime.fromisoformat(data["shown"]))

    def approve(self, turn: Turn, unit_id: int) -> bool:
        """Put a unit's answers in force; False when somebody had."""
        return approvals.approve(turn.c, self.survey, unit_id, turn.person.id, turn.now)

    def named(self, turn: Turn) -> dict[str, Any]:
        """What sentences call it."""
        unit = units.get(turn.c, self.top_id)
        return {"name": self.survey.data_set.name, "period": self.survey.period, "unit": unit.name}


def show(turn: Turn, review: Review) -> None:
    """One message: what is odd, then who waits, and who has not reported."""
    review = Review(review.survey, review.top_id, turn.now)
    children = approvals.children(turn.c, review.survey, review.top_id)
    odd = odd_values(turn, review, children)
    names = {
        state.value: [each.unit.name for each in children if each.state is state]
        for state in ApprovalState
    }
    whole = approvals.is_approved(turn.c, review.survey, review.top_id)
    turn.ask(
        "approval.chosen",
        "approval.list",
        [[choice] for choice in _choices(turn, review, children, whole)],
        review.data,
        **review.named(turn),
        odd=[(each.unit.name, odd[each.unit.id]) for each in children if each.unit.id in odd],
        names=names,
        most=NAMED,
        whole=whole,
    )


def _choices(
    turn: Turn, review: Review, children: Sequence[Reviewed], whole: bool
) -> list[tuple[str, str]]:
    ready = sum(each.state is ApprovalState.READY for each in children)
    choices = []
    if ready:
        choices.append((ALL, turn.words("approval.all", count=ready)))
    elif not whole and state_of(turn, review, children) is ApprovalState.READY:
        choices.append((ALL, turn.words("approval.whole")))
    if any(each.rate.actual for each in children):
        choices.append((ONE, turn.words("approval.one_by_one")))
    return choices


def state_of(turn: Turn, review: Review, children: Iterable[Reviewed]) -> ApprovalState:
    return whole_state(children, in_time=turn.now < review.survey.timely_until)


def odd_values(turn: Turn, review: Review, children: Sequence[Reviewed]) -> Mapping[int, list[str]]:
    """What is odd in the reports that wait, in words, by unit."""
    waiting = [each.unit.id for each in children if each.state is ApprovalState.READY]
    if not waiting:
        return {}
    past = approvals.past(turn.c, review.survey, waiting)
    filed = totals.filed(turn.c, review.survey, review.top_id)
    found = {
        each.unit_id: oddities(review.survey.data_set, each.values, past.get(each.unit_id, {}))
        for each in filed
        if each.unit_id in set(waiting)
    }
    return {key: [_in_words(turn, each) for each in odd] for key, odd in found.items() if odd}


def _in_words(turn: Turn, oddity: Oddity) -> str:
    if isinstance(oddity, Rule):
        return oddity.message
    key = "approval.outside" if isinstance(oddity, Outside) else "approval.unusual"
    return turn.words(key, odd=oddity)
