"""The things that people do, one file each. A new one is a file and a line here."""

from bot.dispatch import Dispatch
from bot.feature import gather
from bot.handlers import (
    acknowledge,
    announce,
    ask,
    bind,
    invite,
    join,
    library,
    pick,
    report,
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
    bind.feature,
    invite.feature,
    pick.feature,
    announce.feature,
    acknowledge.feature,
    status.feature,
    library.feature,
    ask.feature,
    ticket.feature,
    report.feature,
    totals.feature,
)


def make_dispatch() -> Dispatch:
    return Dispatch(gather(FEATURES), fallback=hear)


def hear(turn: Turn, text: str) -> None:
    """What was said to Loa and is no command: a join code by itself, else a question."""
    if looks_like_code(text) and not turn.in_group:
        join.enter(turn, text)
    else:
        ask.question(turn, text)
