"""What cannot reach a person by one way goes by another: once more, and marked in the ledger.

The other way is another private chat of the person, or, for what may be said there, the group of
their unit.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from storage import chats, deliveries, ends, people, reach
from storage.ends import End
from storage.reach import Stranded

Address = Callable[[str, str, str], str]
"""A text, a person's name and id in the group (or none): the text as said to that person there."""


def detour(c: Connection, delivery_ids: Iterable[int], address: Address, now: datetime) -> int:
    """Send what failed another way, where there is one; how many."""
    lost = (reach.stranded(c, each) for each in delivery_ids)
    return sum(_by_chat(c, each, now) or _by_group(c, each, address, now) for each in lost if each)


def _by_chat(c: Connection, lost: Stranded, now: datetime) -> bool:
    other = reach.other_chat(c, lost, now)
    if other:
        letter = deliveries.letter_of(c, lost.id)
        deliveries.queue(c, replace(letter, chat_id=other.id, instead_of=lost.id), now)
    return other is not None


def _by_group(c: Connection, lost: Stranded, address: Address, now: datetime) -> bool:
    group = reach.group_of(c, lost.person_id) if lost.for_group else None
    if group:
        letter, who = deliveries.letter_of(c, lost.id), people.get(c, lost.person_id)
        mention = people.known_as(c, lost.person_id, group.account_id)
        said = address(letter.text, who.name, mention)
        there = replace(letter, chat_id=group.id, text=said, instead_of=lost.id)
        deliveries.queue(c, there, now)
    return group is not None


def abandon(c: Connection, account_id: str, why: str, now: datetime) -> int:
    """An account is lost: what waits there for one person goes by chats on other accounts.

    How many messages went so; the others go on waiting.
    """
    count = 0
    for delivery_id in reach.waiting_for_one(c, account_id):
        lost = reach.stranded(c, delivery_id)
        if lost and _by_chat(c, lost, now):
            ends.end(c, [End(delivery_id, "failed", error=why)], now)
            count += 1
    return count


def chat_gone(c: Connection, chat_id: int, why: str, address: Address, now: datetime) -> None:
    """A chat is out of reach: what waits for it goes another way, or has failed."""
    chats.gone(c, chat_id, why)
    detour(c, ends.chat_gone(c, chat_id, why, now), address, now)
