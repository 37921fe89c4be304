"""How a broadcast stands: delivered, failed, acknowledged, and who is missing."""

from datetime import datetime

from sqlalchemy import Connection

from bot.feature import Feature
from bot.handlers.announce import describe
from bot.house import House
from bot.turn import Answer, Turn
from domain.people import Right
from domain.period import local_day
from storage import broadcasts, deliveries, documents, units
from storage.broadcasts import Broadcast
from storage.deliveries import Letter

feature = Feature("status")

LISTED = 5
NAMED = 30
"""How many units one message names; the rest are counted."""


@feature.command("status")
def status(turn: Turn, argument: str) -> None:
    tops = turn.where(Right.SEE_STATUS)
    if not tops:
        turn.say("door.not_allowed")
        return
    newest = broadcasts.touching(turn.c, tops[0], turn.day, LISTED)
    if not newest:
        turn.say("status.none")
    elif len(newest) == 1:
        _show(turn, newest[0].id, tops[0])
    else:
        rows = [[(str(each.id), _label(turn, each))] for each in newest]
        turn.ask("status.pick", "status.which", rows, {"top": tops[0]})


def _label(turn: Turn, broadcast: Broadcast) -> str:
    document = documents.get(turn.c, broadcast.document_id)
    number = document.number if document else ""
    return turn.words("status.label", doc_number=number, at=broadcast.created_at)


@feature.step("pick")
def picked(turn: Turn, answer: Answer) -> None:
    if not answer.choice:
        turn.say("door.choose")
        return
    top = turn.data["top"]
    turn.end()
    _show(turn, int(answer.choice), top)


def _show(turn: Turn, broadcast_id: int, top_id: int) -> None:
    for text in report(turn.c, turn.house, broadcast_id, top_id, turn.now):
        turn.write(text)


def report(c: Connection, house: House, broadcast_id: int, top_id: int, now: datetime) -> list[str]:
    """Messages on how a broadcast stands in a subtree: sums, by branch, and the missing named."""
    broadcast = broadcasts.get(c, broadcast_id)
    document = documents.get(c, broadcast.document_id) if broadcast else None
    if broadcast is None or document is None:
        return []
    day = local_day(now, house.zone)
    sums = house.words(
        "status.sums",
        **describe(document),
        unit=units.get(c, top_id).name,
        tally=broadcasts.tally(c, broadcast_id, top_id, day),
        branches=broadcasts.tally_by_branch(c, broadcast_id, top_id, day)[:NAMED],
        finished=broadcast.finished_at is not None,
    )
    silent = broadcasts.not_acknowledged(c, broadcast_id, top_id, day)
    lost = broadcasts.not_delivered(c, broadcast_id, top_id, day)
    missing = (
        [house.words("status.silent", units=silent[:NAMED], count=len(silent))] if silent else []
    )
    failed = [house.words("status.lost", units=lost[:NAMED], count=len(lost))] if lost else []
    return [sums, *failed, *missing]


def tell_result(c: Connection, house: House, ended: Broadcast, now: datetime) -> None:
    """Tell whoever sent a broadcast that it has ended, and how."""
    if ended.chat_id is None:
        return
    for text in report(c, house, ended.id, ended.unit_id, now)[:2]:
        deliveries.queue(c, Letter(ended.chat_id, text), now)
