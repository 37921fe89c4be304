"""What a database holds, measured so that two databases can be compared."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Integer, Table, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.rows import AnyRow

BATCH = 1000
"""Rows that are in memory at once."""


@dataclass(frozen=True, slots=True)
class Measure:
    """How much there is in a table."""

    rows: int
    total: int
    """The sum of all whole numbers in it, as the engine adds them up."""
    digest: int
    """Over every value of every row, as Loa reads them; the order of the rows does not count."""


class Digest:
    """Takes rows in any order, and gives the same number for the same rows."""

    def __init__(self) -> None:
        self.value = 0

    def take(self, rows: Sequence[AnyRow]) -> None:
        for row in rows:
            said = json.dumps(list(row), default=_said, sort_keys=True)
            part = hashlib.blake2b(said.encode(), digest_size=8).digest()
            self.value = (self.value + int.from_bytes(part)) % 2**64


def _said(value: Any) -> str:
    """How a value that JSON does not know is written: the same for equal values."""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return value.isoformat() if isinstance(value, date) else bytes(value).hex()


async def measure(c: AsyncConnection, table: Table) -> Measure:
    """Measure a table by reading it through."""
    digest = Digest()
    async with c.stream(select(table).execution_options(yield_per=BATCH)) as result:
        async for rows in result.partitions():
            digest.take(rows)
    return await summed(c, table, digest)


async def summed(c: AsyncConnection, table: Table, digest: Digest) -> Measure:
    """The measure of a table whose rows the digest has taken already."""
    numbers = [column for column in table.c if isinstance(column.type, Integer)]
    sums = (func.coalesce(func.sum(column), 0) for column in numbers)
    rows, *totals = (await c.execute(select(func.count(), *sums).select_from(table))).one()
    return Measure(rows, sum(map(int, totals)), digest.value)
