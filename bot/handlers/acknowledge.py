"""Acknowledging a document, by button or by word, for the unit of the group."""

from collections.abc import Sequence

from markupsafe import Markup

from bot.feature import Feature
from bot.turn import Answer, Turn
from domain.key import key_of
from storage import acknowledgements, broadcasts, deliveries, documents
from storage.acknowledgements import DEAD
from storage.broadcasts import Broadcast

feature = Feature("acknowledge")

OFFERED = 5
"""Other documents that are offered at once."""


@feature.press("got")
def pressed(turn: Turn, argument: str) -> None:
    """The button under a document."""
    number = key_of(argument)
    if not number or not broadcasts.reached(turn.c, number, turn.chat.id):
        turn.notice = turn.words("door.old_button")
        return
    broadcast = broadcasts.get(turn.c, number)
    turn.notice = turn.words(f"acknowledge.{_acknowledge(turn, broadcast)}_short")


@feature.command("acknowledge")
def said(turn: Turn, argument: str) -> None:
    """In words: for the document that is replied to, else for the newest one not acknowledged."""
    if not turn.in_group:
        turn.say("acknowledge.in_group")
    elif turn.chat.unit_id is None:
        turn.say("acknowledge.unbound")
    elif broadcast := _meant(turn, turn.chat.unit_id):
        _answer(turn, broadcast, turn.chat.unit_id)
    else:
        turn.say("acknowledge.nothing")


def _meant(turn: Turn, unit_id: int) -> Broadcast | None:
    if turn.message.reply_to:
        posted = deliveries.by_message(turn.c, turn.chat.id, turn.message.reply_to)
        if posted and posted.broadcast_id:
            return broadcasts.get(turn.c, posted.broadcast_id)
    waiting = acknowledgements.waiting_in(turn.c, turn.chat.id, unit_id, 1)
    return waiting[0] if waiting else acknowledgements.newest_in(turn.c, turn.chat.id)


def _answer(turn: Turn, broadcast: Broadcast, unit_id: int) -> None:
    """Record it, say for which document, and offer the others that wait."""
    key = f"acknowledge.{_acknowledge(turn, broadcast)}"
    number = documents.get(turn.c, broadcast.document_id).number
    others = acknowledgements.waiting_in(turn.c, turn.chat.id, unit_id, OFFERED)
    if others:
        _offer(turn, key, number, others)
    else:
        turn.end()
        turn.say(key, doc_number=number)


def _offer(turn: Turn, key: str, number: str, others: Sequence[Broadcast]) -> None:
    rows = []
    for each in others:
        other = documents.get(turn.c, each.document_id).number
        rows.append([(str(each.id), turn.words("acknowledge.other", doc_number=other))])
    turn.ask(
        "acknowledge.other",
        "acknowledge.and_others",
        rows,
        press="acknowledge.got",
        said=Markup(turn.words(key, doc_number=number)),
        count=len(others),
    )


@feature.step("other")
def other_chosen(turn: Turn, answer: Answer) -> None:
    """One of the others that wait, by its number; anything else was not meant for this."""
    unit_id = turn.chat.unit_id
    if not answer.choice or unit_id is None:
        turn.end()  # a number said later among neighbours acknowledges nothing
        turn.hear_anew()
        return
    _answer(turn, broadcasts.get(turn.c, int(answer.choice)), unit_id)


def _acknowledge(turn: Turn, broadcast: Broadcast) -> str:
    """Record it; the name of the sentence that says how it went."""
    if turn.chat.unit_id is None:
        return "unbound"
    if broadcast.state in DEAD:
        return broadcast.state
    unit_id = turn.chat.unit_id
    new = broadcasts.acknowledge(turn.c, broadcast.id, unit_id, turn.person.id, turn.now)
    acknowledgements.stop_reminders(turn.c, broadcast.id, unit_id, turn.now)
    return "done" if new else "before"
