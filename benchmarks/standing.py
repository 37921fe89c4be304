"""How long the ledger of the whole nation takes, and the page of who has not acknowledged.

    python -m benchmarks.standing

On SQLite and on PostgreSQL: 34 provinces, 3,321 communes and 74,422 villages with a group each get
a document, and nine tenths acknowledge. The page of one province (its sums, its communes, the
first of the missing) is measured beside a loop that asks for each unit by itself.
"""

import asyncio
import gc
import statistics
import sys
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import cycle, islice

from sqlalchemy import Connection, insert, select, update

from benchmarks.engines import analyze, engines
from benchmarks.platform import (
    add_broadcast,
    introduce,
    percentile,
    say,
    spread,
    timed,
    verdict,
)
from bot.house import House
from bot.launch import start
from bot.standing import overview
from domain.broadcast import BroadcastState
from domain.period import local_day
from domain.standing import Tally
from loa.roof import make_house
from loa.settings import Settings
from storage import broadcasts, schema, standing, units
from storage.broadcasts import Broadcast
from storage.migrate import upgrade
from storage.standing import Scope
from storage.store import Store, opened_store

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
    top = add_units(c, "N", "nation", 1, [])
    provinces = add_units(c, "P", "province", next(counts), top)
    communes = add_units(c, "C", "commune", next(counts), provinces)
    villages = add_units(c, "V", "village", next(counts), communes)
    groups = [
        {"account_id": "bench", "platform_id": str(unit), "kind": "group", "unit_id": unit}
        for unit in (*provinces, *communes, *villages)
    ]
    c.execute(insert(schema.chat), groups)
    return top[0]


def add_units(c: Connection, sign: str, level: str, count: int, above: list[int]) -> list[int]:
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
    planned = add_broadcast(c, top_id, ["village"], BroadcastState.PLANNED, NOW)
    return broadcasts.get(c, planned)


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

    def judge(self) -> bool:
        """Say what was measured; whether every bar is held."""
        loop, late = statistics.median(self.loops), percentile(self.pages, 0.99)
        say(f"{self.engine}: page {spread(self.pages, '{:.3f} s')}; unit by unit {loop:.3f} s")
        held = [
            verdict(
                f"ledger {self.ledger:.2f} s, at most {LEDGER_BAR:.0f}",
                holds=self.ledger <= LEDGER_BAR,
            ),
            verdict(f"page p99 {late:.3f} s, at most {PAGE_BAR}", holds=late <= PAGE_BAR),
        ]
        return all(held)


async def measure(engine: str, store: Store, house: House) -> Figures:
    await store.write(upgrade)
    top_id = await store.write(build_nation)
    broadcast = await store.write(plan_broadcast, top_id)
    (ledger,) = await timed(1, lambda: store.write(start, house, broadcast, NOW))
    await store.write(deliver_and_acknowledge, broadcast)
    await store.write(analyze)
    province = await store.read(lambda c: units.by_code(c, "P00000"))
    assert province is not None
    scope = Scope(broadcast, province.id, local_day(NOW, house.zone))
    await _check(store, scope)
    pages = await timed(PAGES, lambda: store.read(overview, house, scope))
    loops = await timed(LOOPS, lambda: store.read(unit_by_unit, scope))
    return Figures(engine, ledger, pages, loops)


async def _check(store: Store, scope: Scope) -> None:
    """Both ways say the same."""
    found = await store.read(standing.found, scope)
    assert Tally.of(found).silent == await store.read(unit_by_unit, scope)


async def run(house: House) -> bool:
    held = []
    for engine, new in engines():
        async with opened_store(new("standing")) as store:
            held.append((await measure(engine, store, house)).judge())
    return all(held)


def main() -> int:
    introduce(f"{VILLAGES:,} recipients; the page of one province of {PROVINCES}", pins=False)
    house = make_house(Settings())
    gc.freeze()  # as `loa run` does
    return 0 if asyncio.run(run(house)) else 1


if __name__ == "__main__":
    sys.exit(main())
