"""How long the ledger of the whole nation takes, and the page of who has not acknowledged.

    python -m benchmarks.standing

On SQLite and on PostgreSQL: 34 provinces, 3,321 communes and 74,422 villages with a group each get
a document, and nine tenths acknowledge. The page of one province (its sums, its communes, the
first of the missing) is measured beside a loop that asks for each unit by itself.
"""

import asyncio
import gc
import math
import statistics
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import cycle, islice

from rich.console import Console
from rich.table import Table
from sqlalchemy import Connection, insert, select, update

from benchmarks.engines import analyze, engines, opened
from bot.house import House
from bot.launch import start
from bot.standing import overview
from domain.broadcast import BroadcastState
from domain.period import local_day
from domain.standing import Tally
from loa.roof import make_house
from loa.settings import Settings
from storage import broadcasts, documents, schema, standing, units
from storage.broadcasts import Broadcast, Plan
from storage.migrate import upgrade
from storage.standing import Scope
from storage.store import Store

PROVINCES, COMMUNES, VILLAGES = 34, 3_321, 74_422
LEDGER_BAR = 5.0
PAGE_BAR = 0.1
PAGES = 100
LOOPS = 3
NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
SINCE = date(2025, 7, 1)


def build_nation(c: Connection, share: float = 1.0) -> int:
    """The units, or such a share of them, with a group each; the number of the top one."""
    c.execute(insert(schema.account).values(id="bench"))
    counts = (max(1, round(share * each)) for each in (PROVINCES, COMMUNES, VILLAGES))
    top = _add_units(c, "N", "nation", 1, [])
    provinces = _add_units(c, "P", "province", next(counts), top)
    communes = _add_units(c, "C", "commune", next(counts), provinces)
    villages = _add_units(c, "V", "village", next(counts), communes)
    groups = [
        {"account_id": "bench", "platform_id": str(unit), "kind": "group", "unit_id": unit}
        for unit in (*provinces, *communes, *villages)
    ]
    c.execute(insert(schema.chat), groups)
    return top[0]


def _add_units(c: Connection, sign: str, level: str, count: int, above: list[int]) -> list[int]:
    """That many units, shared out evenly among those above; their numbers."""
    rows = [
        {"code": f"{sign}{n:05}", "name": f"Đơn vị {sign}{n:05}", "level": level}
        for n in range(count)
    ]
    c.execute(insert(schema.unit), rows)
    mine = schema.unit.c.level == level
    made = list(c.execute(select(schema.unit.c.id).where(mine).order_by("code")).scalars())
    # Side by side under one parent, as an import leaves them.
    parents = sorted(islice(cycle(above), count)) if above else []
    links = [
        {"unit_id": unit, "parent_id": parent, "since": SINCE}
        for unit, parent in zip(made, parents, strict=False)
    ]
    if links:
        c.execute(insert(schema.unit_parent), links)
    return made


def plan_broadcast(c: Connection, top_id: int) -> Broadcast:
    document_id = documents.add(
        c,
        number="1/KH",
        issued_on=NOW.date(),
        issuer="Nơi ban hành",
        summary="Nội dung",
        file_ids=[],
        unit_id=top_id,
        created_by=None,
        now=NOW,
    )
    plan = Plan(document_id, top_id, ["village"], "bench", NOW)
    broadcast_id = broadcasts.create(c, plan, BroadcastState.PLANNED, None, None, NOW)
    assert broadcast_id is not None
    return broadcasts.get(c, broadcast_id)


def deliver_and_acknowledge(c: Connection, broadcast: Broadcast) -> None:
    """Everybody gets it, one in a hundred excepted; nine tenths acknowledge."""
    c.execute(update(schema.delivery).values(state="sent", ended_at=NOW, tries=1))
    hundredth = schema.delivery.c.id % 100 == 0
    c.execute(update(schema.delivery).where(hundredth).values(state="failed", error="gone"))
    row = insert(schema.person).values(name="Người Thử", created_at=NOW)
    person = c.execute(row.returning(schema.person.c.id)).scalar_one()
    told = c.execute(select(schema.delivery.c.unit_id).order_by("id")).scalars()
    who = {"broadcast_id": broadcast.id, "person_id": person, "at": NOW}
    acknowledged = [who | {"unit_id": unit} for n, unit in enumerate(told) if n % 10]
    c.execute(insert(schema.acknowledgement), acknowledged)


def unit_by_unit(c: Connection, scope: Scope) -> int:
    """The same by a plain loop: how many got it and have not acknowledged."""
    missing = 0
    for unit in units.below(c, scope.top_id, scope.day, scope.broadcast.levels):
        row, said = schema.delivery.c, schema.acknowledgement.c
        sent = select(row.id).where(
            row.broadcast_id == scope.broadcast.id, row.unit_id == unit.id, row.state == "sent"
        )
        heard = select(said.at).where(
            said.broadcast_id == scope.broadcast.id, said.unit_id == unit.id
        )
        missing += bool(c.execute(sent).first()) and not c.execute(heard).first()
    return missing


@dataclass(frozen=True, slots=True)
class Figures:
    """What was measured on one engine, in seconds."""

    engine: str
    ledger: float
    pages: list[float]
    loops: list[float]

    @property
    def p50(self) -> float:
        return statistics.median(self.pages)

    @property
    def p99(self) -> float:
        return sorted(self.pages)[math.ceil(0.99 * len(self.pages)) - 1]

    @property
    def holds(self) -> bool:
        return self.ledger <= LEDGER_BAR and self.p99 <= PAGE_BAR


async def measure(engine: str, store: Store, house: House) -> Figures:
    await store.write(upgrade)
    top_id = await store.write(build_nation)
    broadcast = await store.write(plan_broadcast, top_id)
    started = time.perf_counter()
    await store.write(start, house, broadcast, NOW)
    ledger = time.perf_counter() - started
    await store.write(deliver_and_acknowledge, broadcast)
    await store.write(analyze)
    province = await store.read(lambda c: units.by_code(c, "P00000"))
    assert province is not None
    scope = Scope(broadcast, province.id, local_day(NOW, house.zone))
    await _check(store, scope)
    pages = [each async for each in _timed(store, PAGES, lambda c: overview(c, house, scope))]
    loops = [each async for each in _timed(store, LOOPS, lambda c: unit_by_unit(c, scope))]
    return Figures(engine, ledger, pages, loops)


async def _check(store: Store, scope: Scope) -> None:
    """Both ways say the same."""
    found = await store.read(standing.found, scope)
    assert Tally.of(found).silent == await store.read(unit_by_unit, scope)


async def _timed(
    store: Store, times: int, work: Callable[[Connection], object]
) -> AsyncIterator[float]:
    for _ in range(times):
        started = time.perf_counter()
        await store.read(work)
        yield time.perf_counter() - started


async def run(house: House) -> list[Figures]:
    found = []
    for engine, new in engines():
        async with opened(new("standing")) as store:
            found.append(await measure(engine, store, house))
    return found


def main() -> None:
    house = make_house(Settings())
    gc.freeze()  # as `loa run` does
    figures = asyncio.run(run(house))
    table = Table(title=f"{VILLAGES:,} recipients; the page of one province of {PROVINCES}")
    heads = ("", f"ledger ≤ {LEDGER_BAR:.0f} s", "page p50", f"page p99 ≤ {1000 * PAGE_BAR:.0f} ms")
    for head in (*heads, "unit by unit", "bars hold"):
        table.add_column(head, justify="right")
    for each in figures:
        table.add_row(
            each.engine,
            f"{each.ledger:.2f} s",
            f"{1000 * each.p50:.0f} ms",
            f"{1000 * each.p99:.0f} ms",
            f"{1000 * statistics.median(each.loops):.0f} ms",
            "yes" if each.holds else "NO",
        )
    Console().print(table)


if __name__ == "__main__":
    main()
