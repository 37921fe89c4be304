"""Queries on whom a broadcast goes to: the groups of a subtree, and those that stay silent."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, Select, exists, func, select

from domain.message import ChatKind
from storage.rows import AnyRow
from storage.schema import acknowledgement, chat, delivery, unit
from storage.units import open_on, subtree


def groups(c: Connection, unit_id: int, levels: Sequence[str], day: date) -> Sequence[AnyRow]:
    """The groups in reach of open units of these levels in the subtree.

    Rows of (account_id, chat_id, unit_id).
    """
    columns = (chat.c.account_id, chat.c.id.label("chat_id"), chat.c.unit_id)
    query = _of(select(*columns), unit_id, levels, day)
    return c.execute(query.order_by(unit.c.code, chat.c.id)).all()


def by_account(c: Connection, unit_id: int, levels: Sequence[str], day: date) -> dict[str, int]:
    """How many of these groups each account serves; an account that serves none is not there."""
    query = _of(select(chat.c.account_id, func.count()), unit_id, levels, day)
    return {row[0]: row[1] for row in c.execute(query.group_by(chat.c.account_id))}


def _of(
    columns: Select[*tuple[Any, ...]], unit_id: int, levels: Sequence[str], day: date
) -> Select[*tuple[Any, ...]]:
    tree = subtree(unit_id, day)
    return (
        columns.select_from(chat)
        .join(tree, tree.c.id == chat.c.unit_id)
        .join(unit, unit.c.id == chat.c.unit_id)
        .where(
            chat.c.kind == ChatKind.GROUP.value,
            chat.c.gone_because.is_(None),
            unit.c.level.in_(levels),
            open_on(day),
        )
    )


def silent(c: Connection, broadcast_id: int) -> Sequence[AnyRow]:
    """The groups in reach that got a broadcast and whose unit has not acknowledged it.

    Rows of (account_id, chat_id, unit_id).
    """
    acknowledged = exists().where(
        acknowledgement.c.broadcast_id == broadcast_id,
        acknowledgement.c.unit_id == delivery.c.unit_id,
    )
    query = (
        select(delivery.c.account_id, delivery.c.chat_id, delivery.c.unit_id)
        .join(chat, chat.c.id == delivery.c.chat_id)
        .where(
            delivery.c.broadcast_id == broadcast_id,
            delivery.c.round == 0,
            delivery.c.part == 0,
            delivery.c.state == "sent",
            chat.c.gone_because.is_(None),
            ~acknowledged,
        )
    )
    return c.execute(query.order_by(delivery.c.id)).all()
