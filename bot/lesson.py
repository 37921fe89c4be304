"""Puts what an answered question teaches into the FAQ, and takes it back."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from bot.house import House
from domain.entry_choice import CircularReplacement, KeptEntry, with_wording
from domain.key import key_of
from storage import entries, tickets
from storage.entries import Proposal, Stroke
from storage.tickets import Ticket

_OF_TICKET = "hoi-"
"""How the names of entries begin that were made of answered questions."""


def keep(
    c: Connection, house: House, proposal: Proposal, approver_id: int | None, now: datetime
) -> None:
    """Add the wording or the entry; it answers the very next question."""
    lesson = proposal.lesson
    entry = house.faq.get(lesson.wording_of or "")
    if entry:
        before = entries.get(c, entry.id) or KeptEntry(entry.id)
        kept = with_wording(before, entry, lesson.question)
    else:
        kept = _new(house, proposal, approver_id)
    entries.save(c, kept, Stroke(proposal.author_id, now, "wording" if entry else "made"))
    tickets.learnt(c, proposal.ticket_id, kept.id)


def _new(house: House, proposal: Proposal, approver_id: int | None) -> KeptEntry:
    lesson, entry_id = proposal.lesson, entry_id_of(proposal.ticket_id)
    return KeptEntry(
        id=entry_id,
        question=lesson.question,
        answer=lesson.answer,
        topic=lesson.topic,
        source=lesson.source,
        unit_id=lesson.unit_id,
        replaces=lesson.replaces and _root(house, entry_id, lesson.replaces),
        document_id=lesson.document_id,
        files=lesson.files,
        author_id=proposal.author_id,
        verified_by=approver_id,
    )


def _root(house: House, entry_id: str, replaces: str) -> str | None:
    """What an entry stands in for; nothing where that has come to stand in for the entry."""
    try:
        return house.faq.root(entry_id, replaces)
    except CircularReplacement:
        return None


def entry_id_of(ticket_id: int) -> str:
    """The name of the entry that a ticket's answer becomes."""
    return f"{_OF_TICKET}{ticket_id}"


def ticket_of(entry_id: str) -> int | None:
    """The ticket whose answer an entry was made of; None for other entries."""
    return key_of(entry_id.removeprefix(_OF_TICKET)) if entry_id.startswith(_OF_TICKET) else None


def mend(c: Connection, house: House, ticket: Ticket, person_id: int, now: datetime) -> None:
    """Put a ticket's corrected answer into the entry made of the wrong one, if there is one.

    Where others approve entries it is taken out instead, to be added anew.
    """
    kept = entries.get(c, entry_id_of(ticket.id))
    if kept is None or kept.dropped:
        return
    if house.faq_rules.second_approval:
        entries.save(c, replace(kept, dropped=True), Stroke(person_id, now, "dropped"))
    else:
        mended = replace(kept, answer=ticket.answer, files=tuple(ticket.files))
        entries.save(c, mended, Stroke(person_id, now, "answer"))
