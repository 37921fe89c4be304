"""Queries on how much of its monthly quota an account has used."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from sqlalchemy import Connection, and_, case, func, select, update

from domain.quota import GUARDED_AT, Quota, percent
from storage.broadcasts import OPEN_STATES
from storage.prepared import Statement, prepared
from storage.rows import rows_as
from storage.schema import account, delivery, usage
from storage.upsert import insert, put


def count_sent(c: Connection, account_id: str, month: date, count: int) -> None:
    """So many more messages went out in the month that begins on that day."""
    if count:
        _count(c, account_id, month, count, name="sent")


def count_heard(c: Connection, account_id: str, month: date) -> None:
    """One more message came in."""
    _count(c, account_id, month, 1, name="heard")


@prepared
def _count(c: Connection, account_id: str, month: date, count: int, *, name: str) -> Statement:
    query = insert(c, usage).values(account_id=account_id, month=month, **{name: count})
    more = {name: usage.c[name] + query.excluded[name]}
    return query.on_conflict_do_update(index_elements=["account_id", "month"], set_=more)


def spent(c: Connection, account_ids: Collection[str], month: date) -> dict[str, int]:
    """How many messages these accounts have used of a month; one that used none is not there."""
    query = select(usage.c.account_id, usage.c.sent + usage.c.heard).where(
        usage.c.account_id.in_(account_ids), usage.c.month == month
    )
    return {row[0]: row[1] for row in c.execute(query)}


def used(c: Connection, account_ids: Collection[str], month: date) -> dict[str, int]:
    """How many messages these accounts have used of a month or have still to send."""
    waiting = select(delivery.c.account_id, func.count()).where(
        delivery.c.account_id.in_(account_ids), delivery.c.state.in_(OPEN_STATES)
    )
    total = spent(c, account_ids, month)
    for account_id, count in c.execute(waiting.group_by(delivery.c.account_id)):
        total[account_id] = total.get(account_id, 0) + count
    return total


def told(c: Connection, account_id: str, quota: Quota, now: datetime) -> None:
    """What the platform says that it still lets the account send."""
    values = {"told_total": quota.total, "told_left": quota.left, "told_at": now}
    c.execute(update(account).where(account.c.id == account_id).values(**values))


def nothing_left(c: Connection, account_id: str, now: datetime) -> None:
    """The platform lets the account send nothing more for now."""
    total = func.coalesce(account.c.told_total, account.c.quota)
    values = {"told_total": total, "told_left": 0, "told_at": now}
    c.execute(update(account).where(account.c.id == account_id).values(**values))


@dataclass(frozen=True, slots=True)
class Budget:
    """An account's month: `used` of `quota` (0 is no limit), and of which percent it was warned.

    `told_total` and `told_left` are what the platform said last, this month; `free_at` is from when
    the account may send.
    """

    account_id: str
    quota: int
    used: int
    warned: int
    told_total: int | None
    told_left: int | None
    told_at: datetime | None
    free_at: datetime | None

    @property
    def guarded(self) -> bool:
        """Whether what is left is kept for live replies."""
        return percent(self.used, self.quota) >= GUARDED_AT

    def counts(self) -> Iterator[tuple[int, int, datetime | None]]:
        """What there is of quotas: the total, how much is used, and when the platform said so."""
        if self.quota:
            yield self.quota, self.used, None
        if self.told_total is not None and self.told_left is not None:
            yield self.told_total, self.told_total - self.told_left, self.told_at


def budgets(c: Connection, month: date, account_id: str | None = None) -> Sequence[Budget]:
    """The budgets of all accounts, or of one, in the month that begins on that day."""
    begun = datetime.combine(month, time(), UTC)
    return rows_as(Budget, _budgets(c, month, begun, account_id, alone=account_id is not None))


@prepared
def _budgets(
    c: Connection, month: date, begun: datetime, account_id: str | None, *, alone: bool
) -> Statement:
    mine = and_(usage.c.account_id == account.c.id, usage.c.month == month)
    still = account.c.told_at >= begun
    query = select(
        account.c.id,
        account.c.quota,
        func.coalesce(usage.c.sent + usage.c.heard, 0),
        func.coalesce(usage.c.warned, 0),
        case((still, account.c.told_total)),
        case((still, account.c.told_left)),
        account.c.told_at,
        account.c.free_at,
    ).outerjoin(usage, mine)
    if alone:
        query = query.where(account.c.id == account_id)
    return query.order_by(account.c.id)


def warned(c: Connection, account_id: str, month: date, percent: int) -> None:
    """The account's people were told that so much of the month's quota is used."""
    mine = {"account_id": account_id, "month": month}
    c.execute(put(c, usage, mine, {"warned": percent}))
