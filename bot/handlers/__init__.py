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
    return Dispatch(gather(FEATURES), fallback=ask.question)
