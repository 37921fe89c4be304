"""What Loa answers in a group that did not ask it, where a coordinator lets it listen."""

from datetime import datetime

from sqlalchemy import Connection

from bot.house import House
from domain.entry_choice import Standpoint
from domain.faq import Entry
from domain.period import local_day
from domain.text import words
from storage import units
from storage.chats import KnownChat

LEAST_WORDS = 4
"""Shorter talk among neighbours is no question."""


def overheard(
    c: Connection, house: House, chat: KnownChat, text: str, now: datetime
) -> Entry | None:
    """The entry that surely answers a question asked of nobody; None in a group not listened to."""
    if not chat.listens or chat.unit_id is None or len(text) > house.limits.text:
        return None
    if len(words(text)) < LEAST_WORDS:
        return None
    day = local_day(now, house.zone)
    house.faq.refresh(c)
    hits = house.faq.search(text, 1, Standpoint(tuple(units.line(c, chat.unit_id, day)), day))
    return hits[0].entry if hits and hits[0].score >= house.faq_rules.listen_above else None
