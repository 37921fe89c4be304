"""Queries on whom a broadcast goes to: the groups of a subtree, and those that stay silent."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, Select, and_, exists, func, select

from domain.message import ChatKind
from storage.reach import distance
from storage.rows import AnyRow
from storage.schema import account, acknowledgement, broadcast, chat, delivery, unit
from storage.units import line, open_on, subtree


def groups(
    c: Connection, unit_id: int, levels: Sequence[str], day: date, series: str = ""
) -> Sequence[AnyRow]:
    """The groups in reach of open units of these levels in the subtree, but for those that had a
    broadcast of the series.

    Rows of (account_id, chat_id, unit_id).
    """
    columns = (chat.c.account_id, chat.c.id.label("chat_id"), chat.c.unit_id)
    query = _of(c, select(*columns), unit_id, levels, day, series)
    return c.execute(query.order_by(unit.c.code, chat.c.id)).all()


def by_account(
    c: Connection, unit_id: int, levels: Sequence[str], day: date, series: str = ""
) -> dict[str, int]:
    """How many of these groups each account serves; an account that serves none is not there."""
    query = _of(c, select(chat.c.account_id, func.count()), unit_id, levels, day, series)
    return {row[0]: row[1] for row in c.execute(query.group_by(chat.c.account_id))}


def had(c: Connection, series: str) -> int:
    """How many groups had a broadcast of a series, or have it on its way."""
    query = select(func.count()).select_from(_had(series).subquery())
    return int(c.execute(query).scalar_one())


def _had(series: str) -> Select[int]:
    """The chats of these groups."""
    return (
        select(delivery.c.chat_id)
        .join(broadcast, broadcast.c.id == delivery.c.broadcast_id)
        .where(
            broadcast.c.confirmation.startswith(f"{series}:", autoescape=True),
            delivery.c.state.not_in(("failed", "cancelled")),
        )
        .distinct()
    )


def _of(
    c: Connection,
    columns: Select[*tuple[Any, ...]],
    unit_id: int,
    levels: Sequence[str],
    day: date,
    series: str,
) -> Select[*tuple[Any, ...]]:
    tree = subtree(unit_id, day)
    if series:
        columns = columns.where(chat.c.id.not_in(_had(series)))
    if spare := _spare(c, day):
        columns = columns.where(chat.c.id.not_in(spare))
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


def _spare(c: Connection, day: date) -> Sequence[int]:
    """The chats by which a group would get everything once more, because two accounts are in it.

    The nearest account up the unit's line serves it, if its messenger takes it.
    """
    several = select(account.c.channel).group_by(account.c.channel).having(func.count() > 1)
    if c.execute(several).first() is None:
        return []
    groups: dict[tuple[str, str, int], list[AnyRow]] = {}
    for row in c.execute(_SHARED):
        groups.setdefault((row.channel, row.platform_id, row.unit_id), []).append(row)
    return [
        each.id
        for (_, _, unit_id), rows in groups.items()
        for each in _others(c, unit_id, rows, day)
    ]


_twin, _twins = chat.alias(), account.alias()
_SHARED = (
    select(chat.c.id, chat.c.platform_id, chat.c.unit_id, account.c.channel)
    .add_columns(account.c.lost_because, account.c.unit_id.label("serves"))
    .join(account, account.c.id == chat.c.account_id)
    .join(_twin, and_(_twin.c.unit_id == chat.c.unit_id, _twin.c.platform_id == chat.c.platform_id))
    .join(_twins, and_(_twins.c.id == _twin.c.account_id, _twins.c.channel == account.c.channel))
    .where(_twin.c.id != chat.c.id, _twin.c.gone_because.is_(None), chat.c.gone_because.is_(None))
    .distinct()
    .order_by(chat.c.id)
)
"""The groups in reach of more than one account of a messenger, a row for each account."""


def _others(c: Connection, unit_id: int, rows: Sequence[AnyRow], day: date) -> Sequence[AnyRow]:
    """All but the row of the account that serves a unit best."""
    up = line(c, unit_id, day)
    _, *others = sorted(
        rows, key=lambda row: (row.lost_because is not None, distance(row.serves, up), row.id)
    )
    return others


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
