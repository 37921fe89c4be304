"""Queries on what was just written to one chat, gathered into as few messages as it takes."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, delete, select, update

from storage import deliveries
from storage.deliveries import Letter, fits, letter_of
from storage.schema import content, delivery


def gather(c: Connection, chat_id: int, written_at: datetime, limit: int) -> None:
    """Join the live messages that were written to a chat at that moment; `limit` is a text's."""
    query = select(delivery.c.id).where(
        delivery.c.chat_id == chat_id,
        delivery.c.created_at == written_at,
        delivery.c.state == "queued",
        delivery.c.broadcast_id.is_(None),
        delivery.c.edits_id.is_(None),
    )
    first: int | None = None
    for row_id in c.execute(query.order_by(delivery.c.id)).scalars().all():
        joined = _joined(letter_of(c, first), letter_of(c, row_id)) if first else None
        if first and joined and fits(joined, limit):
            _replace(c, first, row_id, joined)
        else:
            first = row_id


def _joined(one: Letter, other: Letter) -> Letter | None:
    """Two messages as one; None where a reply or a number would then mean two things, or where
    they are for two people.
    """
    numbered = [any(_numbers(each)) for each in (one, other)]
    if one.file_ids or other.file_ids or all(numbered) or (one.about and other.about):
        return None
    if one.for_person != other.for_person:
        return None
    text, choices = f"{one.text}\n\n{other.text}", one.choices + other.choices
    for_group = one.for_group and other.for_group
    about = one.about or other.about
    return replace(one, text=text, choices=choices, about=about, for_group=for_group)


def _numbers(letter: Letter) -> Sequence[int]:
    return [choice.number for row in letter.choices for choice in row]


def _replace(c: Connection, first: int, other: int, joined: Letter) -> None:
    """Let the first row say it all, and drop the other."""
    (content_id,) = deliveries.keep_contents(c, joined)
    _drop_contents(c, (first, other), content_id)
    values = {"about": joined.about, "for_group": joined.for_group}
    c.execute(update(delivery).where(delivery.c.id == first).values(**values))
    c.execute(delete(delivery).where(delivery.c.id == other))


def _drop_contents(c: Connection, row_ids: Sequence[int], kept: int) -> None:
    mine = delivery.c.id.in_(row_ids)
    dropped = c.execute(select(delivery.c.content_id).where(mine)).scalars().all()
    c.execute(update(delivery).where(mine).values(content_id=kept))
    c.execute(delete(content).where(content.c.id.in_(dropped)))
