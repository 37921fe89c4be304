"""Broadcasts in the tables: whom they go to, when they end, and what their messages say."""

from datetime import date, datetime

import pytest
from sqlalchemy import Connection, select, update

from domain.broadcast import BroadcastState, Priority, series
from domain.message import FileIn, FileKind
from storage import (
    audience,
    broadcasts,
    chats,
    deliveries,
    files,
    passages,
    quotas,
    revisions,
    schema,
    units,
)
from storage.broadcasts import Plan
from storage.deliveries import Letter, Wave
from storage.store import Store
from tests.messenger import WITH_BUTTONS, Memory
from tests.papers import paper
from tests.world import add_unit, build, read_world


def make(c: Connection, now: datetime, *, running: bool = True) -> int:
    """The small world, and a broadcast of its province to the villages."""
    build(c, read_world(), Memory(WITH_BUTTONS), now)
    top_id = id_of(c, "T")
    plan = Plan(paper(c, top_id, now), top_id, ["village"], "once", now)
    made = broadcasts.create(c, plan, BroadcastState.PLANNED, None, None, now)
    assert made is not None
    if running:
        broadcasts.set_state(c, made, BroadcastState.RUNNING, now)
    return made


def id_of(c: Connection, code: str) -> int:
    unit = units.by_code(c, code)
    assert unit is not None
    return unit.id


def queue(c: Connection, broadcast_id: int, text: str, now: datetime, top: str = "T") -> None:
    (content_id,) = deliveries.keep_contents(c, Letter(0, text))
    groups = audience.groups(c, id_of(c, top), ["village"], now.date())
    deliveries.queue_wave(c, Wave(broadcast_id, [content_id]), groups, now)


def end(c: Connection, state: str, now: datetime) -> None:
    c.execute(update(schema.delivery).values(state=state, message_id="m", ended_at=now))


def texts(c: Connection) -> list[str]:
    """What the rows that wait will say, in order."""
    query = (
        select(schema.content.c.body)
        .join(schema.delivery, schema.delivery.c.content_id == schema.content.c.id)
        .where(schema.delivery.c.state == "queued")
        .order_by(schema.delivery.c.id)
    )
    return [body["text"] for body in c.execute(query).scalars()]


async def test_a_confirmation_makes_one_broadcast(store: Store, now: datetime) -> None:
    def work(c: Connection) -> int | None:
        first = broadcasts.get(c, make(c, now))
        plan = Plan(first.document_id, first.unit_id, ["commune"], "once", now)
        return broadcasts.create(c, plan, BroadcastState.PLANNED, None, None, now)

    assert await store.write(work) is None


@pytest.mark.parametrize(
    ("state", "again"),
    [("queued", 1), ("sent", 1), ("unknown", 1), ("failed", 3), ("cancelled", 3)],
)
async def test_a_group_gets_one_broadcast_of_a_series(
    store: Store, now: datetime, state: str, again: int
) -> None:
    def work(c: Connection) -> None:
        made = make(c, now)
        mine = update(schema.broadcast).where(schema.broadcast.c.id == made)
        c.execute(mine.values(confirmation="practice:1:2"))
        queue(c, made, "a", now, top="X1")
        end(c, state, now)
        where = (id_of(c, "T"), ["village"], now.date())
        others = series("practice:1:1")
        assert len(audience.groups(c, *where, others)) == again
        assert sum(audience.by_account(c, *where, others).values()) == again
        assert audience.had(c, others) == 3 - again
        for another in ("practice:11", "practice_1", ""):
            assert len(audience.groups(c, *where, another)) == 3

    await store.write(work)


@pytest.mark.parametrize("state", ["sent", "failed", "unknown", "cancelled"])
async def test_it_ends_once_when_every_row_is_final(
    store: Store, now: datetime, state: str
) -> None:
    def work(c: Connection) -> list[int]:
        broadcast_id = make(c, now)
        queue(c, broadcast_id, "a", now)
        counts = [len(broadcasts.finish(c, now))]
        end(c, state, now)
        return [*counts, len(broadcasts.finish(c, now)), len(broadcasts.finish(c, now))]

    assert await store.write(work) == [0, 1, 0]


async def test_it_does_not_end_before_every_unit_has_passed_it_on(
    store: Store, now: datetime
) -> None:
    def work(c: Connection) -> list[int]:
        broadcast_id = make(c, now)
        counts = []
        for code in ("X1", "X2"):
            passages.add(c, broadcast_id, id_of(c, code), now)
        for code in ("X1", "X2"):
            counts.append(len(broadcasts.finish(c, now)))
            assert passages.passed(c, broadcast_id, id_of(c, code), None, "", now)
            assert not passages.passed(c, broadcast_id, id_of(c, code), None, "again", now)
        return [*counts, len(broadcasts.finish(c, now))]

    assert await store.write(work) == [0, 0, 1]


async def test_a_unit_right_below_the_top_passes_through_nobody(
    store: Store, now: datetime
) -> None:
    def work(c: Connection) -> None:
        make(c, now)
        add_unit(c, "T99", "village", id_of(c, "T"))
        through = passages.passers(c, id_of(c, "T"), "commune", now.date())
        names = {id_of(c, code): id_of(c, parent) for code, parent in VILLAGES.items()}
        assert through == names
        assert passages.passers(c, id_of(c, "X1"), "commune", now.date()) == {}

    await store.write(work)


VILLAGES = {"T11": "X1", "T12": "X1", "T21": "X2"}


async def test_a_group_that_has_it_does_not_get_it_again_from_its_commune(
    store: Store, now: datetime
) -> None:
    def work(c: Connection) -> int:
        broadcast_id = make(c, now)
        queue(c, broadcast_id, "a", now, "T11")
        sent = broadcasts.get(c, broadcast_id)
        return len(passages.groups(c, sent, id_of(c, "X1"), now.date()))

    assert await store.write(work) == 1


async def test_silent_are_those_that_got_it_and_did_not_say_so(store: Store, now: datetime) -> None:
    def work(c: Connection) -> list[int]:
        broadcast_id = make(c, now)
        queue(c, broadcast_id, "a", now)
        counts = [len(audience.silent(c, broadcast_id))]
        end(c, "sent", now)
        counts.append(len(audience.silent(c, broadcast_id)))
        broadcasts.acknowledge(c, broadcast_id, id_of(c, "T11"), 1, now)
        counts.append(len(audience.silent(c, broadcast_id)))
        chats.gone(c, chats.groups_of(c, id_of(c, "T12"))[0].id, "left")
        return [*counts, len(audience.silent(c, broadcast_id))]

    assert await store.write(work) == [0, 3, 2, 1]


async def test_a_quota_counts_what_went_this_month_what_was_heard_and_what_waits(
    store: Store, now: datetime
) -> None:
    month, before = now.date().replace(day=1), date(2025, 1, 1)

    def work(c: Connection) -> list[dict[str, int]]:
        queue(c, make(c, now), "a", now)
        waiting = quotas.used(c, ["memory"], month)
        end(c, "sent", now)
        quotas.count_sent(c, "memory", month, 3)
        quotas.count_heard(c, "memory", month)
        return [
            waiting,
            quotas.used(c, ["memory"], month),
            quotas.used(c, ["memory"], before),
            quotas.used(c, ["other"], month),
        ]

    assert await store.write(work) == [{"memory": 3}, {"memory": 4}, {}, {}]


async def test_what_arrived_is_edited_and_what_waits_says_the_new_words(
    store: Store, now: datetime
) -> None:
    def work(c: Connection) -> list[str]:
        broadcast_id = make(c, now)
        queue(c, broadcast_id, "old", now, "T11")
        end(c, "sent", now)
        queue(c, broadcast_id, "old with a line", now, "T12")
        queue(c, broadcast_id, "other", now, "T21")
        (plain,) = deliveries.keep_contents(c, Letter(0, "new"))
        (lined,) = deliveries.keep_contents(c, Letter(0, "new with a line"))
        old, with_line, _ = revisions.first_parts(c, broadcast_id)
        deliveries.rewrite(c, broadcast_id, lined, now)
        revisions.swap(c, broadcast_id, old.content_id, plain)
        revisions.swap(c, broadcast_id, with_line.content_id, lined)
        return texts(c)

    assert await store.write(work) == ["new with a line", "other", "new"]


async def test_what_is_paused_stays_paused_for_those_who_come_later(
    store: Store, now: datetime
) -> None:
    def work(c: Connection) -> Priority:
        broadcast_id = make(c, now)
        broadcasts.set_state(c, broadcast_id, BroadcastState.PAUSED, now)
        return broadcasts.get(c, broadcast_id).priority

    assert await store.write(work) is Priority.PAUSED


async def test_a_file_is_in_reach_by_its_bytes_or_by_a_copy_of_every_account(
    store: Store, now: datetime
) -> None:
    def work(c: Connection) -> list[bool]:
        make(c, now)
        chats.open_account(c, "other", None)
        file_id = files.received(c, "memory", FileIn(FileKind.DOCUMENT, "id", "a.pdf"), now)
        copied = [files.reachable(c, file_id, [*accounts]) for accounts in ACCOUNTS]
        files.arrived(c, file_id, files.LOST)
        lost = files.reachable(c, file_id, ["memory", "other"])
        files.arrived(c, file_id, "0" * 64)
        return [*copied, lost, files.reachable(c, file_id, ["memory", "other"])]

    assert await store.write(work) == [True, False, False, True]


ACCOUNTS = (["memory"], ["memory", "other"])
