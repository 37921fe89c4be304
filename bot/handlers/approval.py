"""Reports under review: what is in, with what is odd in it; approving all that was shown."""

from collections.abc import Sequence

from bot.due import spoken_of
from bot.feature import Feature
from bot.handlers.approval_one import ask_unit
from bot.handlers.pick import pick_unit
from bot.reviewing import ALL, NAMED, ONE, Review, show, state_of
from bot.turn import Answer, Turn
from domain.approval import ApprovalState, Reviewed
from domain.people import Right
from domain.rates import Survey
from storage import approvals

feature = Feature("approval")


@feature.command("approval")
def approval(turn: Turn, argument: str) -> None:
    """The reports of the last period that was asked for, or of one that is named."""
    tops = turn.where(Right.APPROVE)
    wanted = spoken_of(turn, argument)
    if not tops:
        turn.say("door.not_allowed")
    elif wanted is None:
        turn.say("totals.bad_period", text=argument)
    else:
        survey = Survey(*wanted, turn.house.zone)
        review = Review(survey, tops[0], turn.now)
        if len(tops) == 1:
            show(turn, review)
        else:
            pick_unit(turn, "approval.top", tops, review.data)


@feature.step("top")
def top_picked(turn: Turn, answer: Answer) -> None:
    turn.reopen(turn.data | {"top": int(answer.choice)})
    show(turn, Review.of(turn))


@feature.step("chosen")
def chosen(turn: Turn, answer: Answer) -> None:
    review = Review.of(turn)
    if not turn.may(Right.APPROVE, review.top_id):
        turn.end()
        turn.say("door.not_allowed")
    elif answer.choice == ALL:
        _approve_all(turn, review)
    elif answer.choice == ONE:
        ask_unit(turn, review)
    else:
        turn.hear_anew()


def _approve_all(turn: Turn, review: Review) -> None:
    """Approve what was shown, and the whole with it where nothing else holds it up."""
    children = approvals.children(turn.c, review.survey, review.top_id)
    ready = [each for each in children if each.state is ApprovalState.READY]
    seen = [each for each in ready if each.changed_at and each.changed_at <= review.shown]
    count = sum(review.approve(turn, each.unit.id) for each in seen)
    turn.end()
    now = approvals.children(turn.c, review.survey, review.top_id)
    names = [each.unit.name for each in now if each.state is not ApprovalState.APPROVED]
    turn.say(
        "approval.done",
        count=count,
        late=len(ready) - len(seen),
        whole=_approve_whole(turn, review, now),
        **review.named(turn),
        left=names[:NAMED],
        left_count=len(names),
    )


def _approve_whole(turn: Turn, review: Review, children: Sequence[Reviewed]) -> bool:
    """Let the unit's reports go up, if each child's are approved; whether they are up now."""
    if state_of(turn, review, children) is not ApprovalState.READY:
        return False
    review.approve(turn, review.top_id)
    return True
