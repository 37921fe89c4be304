from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, select, update

from bot.house import House
from bot.progress import Narrator
from domain.broadcast import BroadcastState
from domain.channel import Capabilities
from scheduler.progress import Progress
from storage import broadcasts, chats, schema
from storage.store import Store
from tests.ledger import Ledger, Row
from tests.messenger import IN_WORDS, WITH_BUTTONS

WAITING = {code: Row("queued") for code in ("T11", "T12", "T21", "X1")}


class Follower:
    """Whoever follows a broadcast by a messenger."""

    def __init__(self, store: Store, house: House) -> None:
        self.store = store
        self.narrator = Narrator(house)
        narrator = self.narrator
        self.progress = Progress(store, narrator.news, narrator.show, narrator.end)

    async def refresh(self, now: datetime) -> int:
        return await self.progress.refresh(now)

    async def send(self) -> None:
        """Let what waits for the follower arrive."""
        live = schema.delivery.c.broadcast_id.is_(None)
        arrived = update(schema.delivery).where(live, schema.delivery.c.state == "queued")
        await self.store.write(lambda c: c.execute(arrived.values(state="sent", message_id="m1")))

    async def end(self, code: str, now: datetime, state: str = "sent") -> None:
        """What goes to a unit ends."""
        unit = select(schema.unit.c.id).where(schema.unit.c.code == code).scalar_subquery()
        mine = update(schema.delivery).where(schema.delivery.c.unit_id == unit)
        await self.store.write(lambda c: c.execute(mine.values(state=state, ended_at=now)))

    async def told(self) -> list[tuple[bool, str]]:
        """What was queued for the follower: whether it rewrites the first, and its text."""
        row = schema.delivery.c
        query = (
            select(row.edits_id, schema.content.c.body)
            .join(schema.content, schema.content.c.id == row.content_id)
            .where(row.broadcast_id.is_(None))
            .order_by(row.id)
        )
        found = await self.store.read(lambda c: c.execute(query).all())
        return [(edits is not None, body["text"]) for edits, body in found]


def running(c: Connection, now: datetime, can: Capabilities = WITH_BUTTONS) -> Ledger:
    ledger = Ledger(c, now)
    chats.open_account(c, "memory", None, can)
    ledger.write(WAITING)
    return ledger


async def test_one_message_is_edited_as_it_goes(store: Store, house: House, now: datetime) -> None:
    await store.write(running, now)
    follower = Follower(store, house)
    assert await follower.refresh(now) == 1
    await follower.send()
    await follower.end("T11", now + timedelta(seconds=2))
    assert await follower.refresh(now + timedelta(seconds=2)) == 1
    first, second = await follower.told()
    assert first[0] is False
    assert "░░░░░░░░░░░░ 0 %" in first[1]
    assert "0/4 tin" in first[1]
    assert second[0] is True
    assert "▓▓▓░░░░░░░░░ 25 %" in second[1]
    assert "0,5 tin/giây" in second[1]


async def test_nothing_new_is_not_told(store: Store, house: House, now: datetime) -> None:
    await store.write(running, now)
    follower = Follower(store, house)
    await follower.refresh(now)
    await follower.send()
    assert await follower.refresh(now) == 0
    assert len(await follower.told()) == 1


async def test_at_most_one_edit_waits(store: Store, house: House, now: datetime) -> None:
    await store.write(running, now)
    follower = Follower(store, house)
    await follower.refresh(now)
    await follower.end("T11", now)
    assert await follower.refresh(now) == 0  # the first message has not gone yet
    await follower.send()
    assert await follower.refresh(now) == 1
    await follower.end("T12", now)
    assert await follower.refresh(now) == 0
    await follower.send()
    assert await follower.refresh(now) == 1


async def test_without_edits_only_the_start_and_the_end_are_told(
    store: Store, house: House, now: datetime
) -> None:
    ledger = await store.write(running, now, IN_WORDS)
    follower = Follower(store, house)
    await follower.refresh(now)
    await follower.send()
    for code in WAITING:
        await follower.end(code, now)
        assert await follower.refresh(now) == 0
    broadcast = await store.read(broadcasts.get, ledger.broadcast.id)
    await store.write(follower.narrator.tell_result, broadcast, now)
    (start, _), (edits, result) = await follower.told()
    assert (start, edits) == (False, False)
    assert "Đã tới nhóm: 4" in result


async def test_the_message_says_why_nothing_moves(
    store: Store, house: House, now: datetime
) -> None:
    ledger = await store.write(running, now)
    follower = Follower(store, house)
    await follower.refresh(now.replace(hour=22))
    await follower.send()
    await store.write(broadcasts.set_state, ledger.broadcast.id, BroadcastState.PAUSED, now)
    await follower.refresh(now)
    night, paused = [text for _, text in await follower.told()]
    assert "gửi tiếp từ 06:00 21/11/2026" in night
    assert "Đang tạm dừng gửi" in paused


async def test_the_result_takes_the_place_of_the_bar(
    store: Store, house: House, now: datetime
) -> None:
    await store.write(running, now)
    follower = Follower(store, house)
    await follower.refresh(now)
    await follower.send()
    for code in WAITING:
        await follower.end(code, now, "failed" if code == "T21" else "sent")
    (ended,) = await store.write(broadcasts.finish, now)
    await store.write(follower.narrator.tell_result, ended, now)
    edits, text = (await follower.told())[-1]
    assert edits
    for words in ("Đã gửi xong", "Đã tới nhóm: 3", "Không tới được: 1", "Chưa rõ vì sao: 1 đơn vị"):
        assert words in text
    assert await follower.refresh(now) == 0
    assert (await store.read(broadcasts.get, ended.id)).progress_id is None


async def test_a_stopped_broadcast_ends_when_its_last_message_has(
    store: Store, house: House, now: datetime
) -> None:
    ledger = await store.write(running, now)
    follower = Follower(store, house)
    await follower.refresh(now)
    await follower.send()
    for code, state in (("T11", "sent"), ("T12", "sending"), ("T21", "cancelled"), ("X1", "sent")):
        await follower.end(code, now, state)
    await store.write(broadcasts.set_state, ledger.broadcast.id, BroadcastState.CANCELLED, now)
    await follower.refresh(now)
    assert len(await follower.told()) == 1
    await follower.end("T12", now)
    await follower.refresh(now)
    await follower.refresh(now)
    told = await follower.told()
    assert len(told) == 2
    assert "Đã dừng gửi" in told[1][1]
    assert "Dừng lại trước khi gửi: 1" in told[1][1]


async def test_nobody_is_told_of_a_broadcast_that_nobody_follows(
    store: Store, house: House, now: datetime
) -> None:
    def alone(c: Connection) -> None:
        running(c, now)
        c.execute(update(schema.broadcast).values(chat_id=None))

    await store.write(alone)
    follower = Follower(store, house)
    assert await follower.refresh(now) == 0
    assert await follower.told() == []


async def test_what_another_scheduler_has_told_is_not_told_again(
    store: Store, house: House, now: datetime
) -> None:
    ledger = await store.write(running, now)
    follower = Follower(store, house)
    await follower.refresh(now)
    stale = replace(ledger.broadcast, progress_id=None)
    await store.write(follower.narrator.show, stale, "again", now)
    assert len(await follower.told()) == 1
