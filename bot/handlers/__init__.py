"""The things that people do, one file each. A new one is a file and a line here."""

from bot.dispatch import Dispatch
from bot.feature import gather
from bot.handlers import (
    acknowledge,
    aim,
    announce,
    approve,
    ask,
    bind,
    control,
    expertise,
    helpful,
    invite,
    join,
    learn,
    library,
    link,
    listen,
    passage,
    pick,
    plan,
    proposal,
    report,
    review,
    shelf,
    start,
    status,
    ticket,
    totals,
)
from bot.turn import Turn
from domain.code import looks_like_code

FEATURES = (
    start.feature,
    join.feature,
    link.feature,
    bind.feature,
    invite.feature,
    pick.feature,
    announce.feature,
    aim.feature,
    plan.feature,
    approve.feature,
    passage.feature,
    control.feature,
    acknowledge.feature,
    status.feature,
    library.feature,
    shelf.feature,
    ask.feature,
    helpful.feature,
    listen.feature,
    ticket.feature,
    learn.feature,
    proposal.feature,
    expertise.feature,
    review.feature,
    report.feature,
    totals.feature,
)


def make_dispatch() -> Dispatch:
    return Dispatch(gather(FEATURES), fallback=hear, overhear=ask.overhear)


def hear(turn: Turn, text: str) -> None:
    """What was said to Loa and is no command: a code by itself, else a question."""
    if not turn.in_group and link.is_code(turn, text):
        link.enter(turn, text)
    elif not turn.in_group and looks_like_code(text):
        join.enter(turn, text)
    else:
        ask.question(turn, text)
