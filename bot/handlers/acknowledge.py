"""Acknowledging a document, by button or by word, for the unit of the group."""

from bot.feature import Feature
from bot.turn import Turn
from storage import broadcasts, deliveries

feature = Feature("acknowledge")


@feature.press("got")
def pressed(turn: Turn, argument: str) -> None:
    """The button under a document."""
    if not argument.isdigit() or not broadcasts.reached(turn.c, int(argument), turn.chat.id):
        turn.notice = turn.words("door.old_button")
        return
    turn.notice = turn.words(_acknowledge(turn, int(argument)))


@feature.command("acknowledge")
def said(turn: Turn, argument: str) -> None:
    """In words: for the document that is replied to, else for the newest one in the group."""
    if not turn.in_group:
        turn.say("acknowledge.in_group")
        return
    broadcast_id = _meant(turn)
    if broadcast_id is None:
        turn.say("acknowledge.nothing")
        return
    turn.say(_acknowledge(turn, broadcast_id))


def _meant(turn: Turn) -> int | None:
    if turn.message.reply_to:
        posted = deliveries.by_message(turn.c, turn.chat.id, turn.message.reply_to)
        if posted and posted.broadcast_id:
            return posted.broadcast_id
    return broadcasts.last_in(turn.c, turn.chat.id)


def _acknowledge(turn: Turn, broadcast_id: int) -> str:
    """Record it; the key of the sentence that says how it went."""
    unit_id = turn.chat.unit_id
    if unit_id is None:
        return "acknowledge.unbound"
    new = broadcasts.acknowledge(turn.c, broadcast_id, unit_id, turn.person.id, turn.now)
    return "acknowledge.done" if new else "acknowledge.before"
