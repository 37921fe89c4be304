"""The things that people do, one file each. A new one is a file and a line here."""

from bot.dispatch import Dispatch
from bot.feature import gather
from bot.handlers import (
    acknowledge,
    again,
    aim,
    announce,
    approval,
    approval_one,
    approve,
    ask,
    audit,
    bind,
    control,
    course_progress,
    entry,
    expertise,
    export,
    helpful,
    invite,
    join,
    learn,
    leave,
    library,
    link,
    listen,
    network,
    passage,
    pick,
    plan,
    practice,
    privacy,
    proposal,
    quiz,
    ranking,
    report,
    report_answer,
    report_review,
    review,
    sentence,
    shelf,
    start,
    status,
    study,
    target,
    ticket,
    ticket_alike,
    ticket_answer,
    ticket_correct,
    ticket_take,
    totals,
    train,
    unlock,
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
    audit.feature,
    privacy.feature,
    ticket.feature,
    ticket_take.feature,
    ticket_answer.feature,
    ticket_alike.feature,
    ticket_correct.feature,
    again.feature,
    learn.feature,
    proposal.feature,
    entry.feature,
    expertise.feature,
    review.feature,
    report.feature,
    report_answer.feature,
    report_review.feature,
    unlock.feature,
    leave.feature,
    totals.feature,
    approval.feature,
    approval_one.feature,
    target.feature,
    ranking.feature,
    export.feature,
    practice.feature,
    network.feature,
    train.feature,
    quiz.feature,
    study.feature,
    course_progress.feature,
)


def make_dispatch() -> Dispatch:
    return Dispatch(gather(FEATURES), fallback=hear, shown=ask.shown, overhear=overhear)


def hear(turn: Turn, text: str) -> None:
    """What was said to Loa and is no command: a code by itself, a report, else a question."""
    if not turn.in_group and link.is_code(turn, text):
        link.enter(turn, text)
    elif not turn.in_group and looks_like_code(text):
        join.enter(turn, text)
    elif not (ticket_answer.by_name(turn, text) or sentence.report_in(turn, text)):
        ask.question(turn, text)


def overhear(turn: Turn, text: str) -> None:
    """What was said in a group to nobody: an answer to a question it was told of, else talk."""
    if not ticket_answer.by_name(turn, text):
        ask.overhear(turn, text)
