from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection

from domain.standing import Headway, Part, Reach, Tally, members, reasons
from storage import acknowledgements, standing
from storage.standing import Scope
from storage.store import Store
from tests.ledger import Ledger, Row

SENT = Row("sent")
KICKED = Row("failed", "bot was kicked", tries=3)


def scope_of(ledger: Ledger, top: str = "T") -> Scope:
    return Scope(ledger.broadcast, ledger.unit(top), ledger.now.date())


@pytest.mark.parametrize(
    ("rows", "reach"),
    [
        ([SENT], Reach.SENT),
        ([], Reach.UNTOLD),
        ([Row("queued")], Reach.WAITING),
        ([Row("sending")], Reach.WAITING),
        ([Row("unknown")], Reach.UNKNOWN),
        ([Row("cancelled")], Reach.CANCELLED),
        ([SENT, replace(KICKED, part=1)], Reach.FAILED),
        ([SENT, Row("queued", part=1)], Reach.WAITING),
        ([SENT, Row("failed", round=1)], Reach.SENT),
    ],
)
async def test_a_unit_is_reached_as_far_as_its_worst_message(
    store: Store, now: datetime, rows: list[Row], reach: Reach
) -> None:
    def work(c: Connection) -> Reach:
        ledger = Ledger(c, now)
        for row in rows:
            ledger.write({"T11": row})
        found = standing.lines(c, scope_of(ledger))
        return next(line.reach for line in found if line.code == "T11")

    assert await store.write(work) is reach


async def test_of_two_groups_the_better_one_counts(store: Store, now: datetime) -> None:
    def work(c: Connection) -> Tally:
        ledger = Ledger(c, now)
        ledger.write({"T11": KICKED})
        ledger.write({"T11": SENT}, group="nhom_moi")
        return Tally.of(standing.found(c, scope_of(ledger, "T11")))

    assert await store.write(work) == Tally(1, 1, 0, 0, 0, 0, 0, 0, 1)


async def test_an_acknowledgement_proves_that_it_arrived(store: Store, now: datetime) -> None:
    def work(c: Connection) -> tuple[Tally, Tally]:
        ledger = Ledger(c, now)
        ledger.write({"T11": Row("unknown", "no answer"), "T12": Row("failed", "blocked")})
        before = Tally.of(standing.found(c, scope_of(ledger, "X1")))
        ledger.acknowledge("T11", "Lan")
        return before, Tally.of(standing.found(c, scope_of(ledger, "X1")))

    before, after = await store.write(work)
    assert (before.sent, before.unknown, before.failed, before.lost) == (0, 1, 1, 2)
    assert (after.sent, after.unknown, after.acknowledged, after.silent) == (1, 0, 1, 0)


def spread(ledger: Ledger) -> None:
    """Something of everything: X2 was not told."""
    ledger.write({"X1": SENT, "T11": SENT, "T12": KICKED, "T21": SENT})
    ledger.acknowledge("T11", "Hung", timedelta(minutes=5))
    ledger.acknowledge("T11", "Lan", timedelta(minutes=9))
    ledger.acknowledge("T21", "Cho", timedelta(minutes=7))


async def test_sums_roll_up_by_branch_at_every_level(store: Store, now: datetime) -> None:
    def work(c: Connection) -> list[list[tuple[str, int, int, int]]]:
        ledger = Ledger(c, now)
        spread(ledger)
        return [
            [
                (branch.name, branch.tally.told, branch.tally.acknowledged, branch.tally.lost)
                for branch in standing.branches(c, standing.found(c, scope_of(ledger, top)))
            ]
            for top in ("T", "X1", "T11")
        ]

    whole, commune, village = await store.write(work)
    assert whole == [("Xã Một", 3, 1, 1), ("Xã Hai", 1, 1, 0)]
    assert commune == [("Thôn Suối", 1, 1, 0), ("Thôn Đồi", 1, 0, 1), ("Xã Một", 1, 0, 0)]
    assert village == [("Thôn Suối", 1, 1, 0)]


@pytest.mark.parametrize(
    ("part", "names"),
    [
        (Part.SILENT, ["Xã Một"]),
        (Part.LOST, ["Thôn Đồi"]),
        (Part.UNTOLD, ["Xã Hai"]),
        (Part.ACKNOWLEDGED, ["Thôn Suối", "Thôn Chợ"]),
    ],
)
async def test_every_part_is_named(
    store: Store, now: datetime, part: Part, names: list[str]
) -> None:
    def work(c: Connection) -> tuple[list[str], int]:
        ledger = Ledger(c, now)
        spread(ledger)
        scope = scope_of(ledger)
        found = standing.found(c, scope)
        wanted = [unit.unit_id for unit in members(found, part)]
        named = [line.name for line in standing.lines(c, scope, wanted)]
        return named, Tally.of(found).count(part)

    assert await store.write(work) == (names, len(names))


async def test_a_line_tells_all_of_a_unit(store: Store, now: datetime) -> None:
    def work(c: Connection) -> list[standing.Line]:
        ledger = Ledger(c, now)
        spread(ledger)
        again = Row("sent", "the answer was lost", tries=2, repeated=True)
        ledger.write({"X2": again}, group="nhom_moi")
        return list(standing.lines(c, scope_of(ledger)))

    found = {line.code: line for line in await store.write(work)}
    assert list(found) == ["T11", "T12", "T21", "X1", "X2"]
    suoi, doi, repeated = found["T11"], found["T12"], found["X2"]
    assert (suoi.parent, suoi.sent_at, suoi.by) == ("Xã Một", now, "Hung")
    assert suoi.heard_at == now + timedelta(minutes=5)
    assert (doi.why, doi.tries, doi.sent_at, doi.by) == ("bot was kicked", 3, None, "")
    assert (repeated.repeated, repeated.why, repeated.tries) == (True, "", 2)


async def test_reasons_are_counted_in_units(store: Store, now: datetime) -> None:
    def work(c: Connection) -> object:
        ledger = Ledger(c, now)
        ledger.write({"T11": KICKED, "T12": KICKED, "X1": Row("unknown", "lost"), "T21": SENT})
        return reasons(standing.found(c, scope_of(ledger)))

    assert await store.write(work) == [("bot was kicked", 2), ("lost", 1)]


async def test_headway_counts_messages_and_the_last_minute(store: Store, now: datetime) -> None:
    def work(c: Connection) -> Headway:
        ledger = Ledger(c, now)
        ledger.write({"T11": SENT, "T12": KICKED, "T21": Row("unknown"), "X1": Row("queued")})
        ledger.write({"T11": Row("sent", round=1)})
        return standing.headway(c, ledger.broadcast, now + timedelta(seconds=30))

    found = await store.write(work)
    assert (found.total, found.sent, found.failed, found.unknown) == (4, 1, 1, 1)
    assert (found.ended, found.percent, found.lately) == (3, 75, 1)
    assert found.left == timedelta(seconds=30)


async def test_the_last_minute_passes(store: Store, now: datetime) -> None:
    def work(c: Connection) -> Headway:
        ledger = Ledger(c, now)
        ledger.write({"T11": SENT, "T12": Row("queued")})
        return standing.headway(c, ledger.broadcast, now + timedelta(minutes=2))

    found = await store.write(work)
    assert (found.lately, found.per_second, found.left) == (0, 0, None)


async def test_what_waits_in_a_group_is_what_its_unit_has_not_acknowledged(
    store: Store, now: datetime
) -> None:
    def work(c: Connection) -> list[int]:
        ledger = Ledger(c, now)
        spread(ledger)
        return [
            len(acknowledgements.waiting_in(c, ledger.chat(chat), ledger.unit(code), 5))
            for chat, code in (("nhom_xa_1", "X1"), ("nhom_suoi", "T11"), ("nhom_doi", "T12"))
        ]

    assert await store.write(work) == [1, 0, 0]


async def test_reminders_stop_for_a_unit_that_acknowledges(store: Store, now: datetime) -> None:
    def work(c: Connection) -> list[int]:
        ledger = Ledger(c, now)
        ledger.write({"T11": SENT, "T12": SENT})
        ledger.write({"T11": Row("queued", round=1), "T12": Row("queued", round=1)})
        stop = acknowledgements.stop_reminders
        broadcast_id = ledger.broadcast.id
        return [stop(c, broadcast_id, ledger.unit("T11"), now) for _ in range(2)]

    assert await store.write(work) == [1, 0]


async def test_all_voices_of_a_unit_are_kept(store: Store, now: datetime) -> None:
    def work(c: Connection) -> list[str]:
        ledger = Ledger(c, now)
        spread(ledger)
        found = acknowledgements.voices(c, ledger.broadcast.id, ledger.unit("T11"))
        return [voice.name for voice in found]

    assert await store.write(work) == ["Hung", "Lan"]
