"""Loa as many processes on one PostgreSQL."""

from contextlib import AsyncExitStack
from pathlib import Path

from sqlalchemy import Connection, func, select

from bot.house import House
from loa.part import Part
from loa.roof import Roof
from storage import schema
from storage.store import opened_store
from tests.e2e.people import Clock
from tests.e2e.running import Loa, sandbox_people, settings_for, the_province_joins
from tests.e2e.test_webhook import by_webhook
from tests.until import until


def sends(roof: Roof) -> bool:
    return bool(roof.drains)


async def repeated(pg: str) -> int:
    """How many messages may have gone out twice."""

    def count(c: Connection) -> int:
        query = select(func.count()).where(schema.delivery.c.repeated)
        return int(c.execute(query).scalar_one())

    async with opened_store(pg) as store:
        return await store.read(count)


async def test_a_conversation_goes_on_in_any_process(pg: str, house: House, tmp_path: Path) -> None:
    clock = Clock()
    async with sandbox_people(clock) as (messenger, people):
        loa = Loa(by_webhook(settings_for(pg, tmp_path, messenger)), house, clock)
        await people.arrive({"tinh": "Quản Trị", "nga": "Nga"}, {})
        await loa.import_all()
        async with AsyncExitStack() as processes:
            parts = (Part.WEB, Part.BOT, Part.BOT, Part.WORKER, Part.SCHEDULER)
            running = [loa.running(part) for part in parts]
            roofs = [await processes.enter_async_context(each) for each in running]
            await until(lambda: any(map(sends, roofs)))
            await the_province_joins(people, loa)
            for _ in range(4):
                await people.say("nga", "/start")
                await people.hear("nga", "Chào Nga")
            assert [sends(roof) for roof in roofs].count(True) == 1
            assert not any(sends(roof) for roof in roofs if not roof.part.plays(Part.BOT))
        assert await repeated(pg) == 0


async def test_one_process_listens_and_sends_and_the_next_when_it_is_gone(
    pg: str, house: House, tmp_path: Path
) -> None:
    clock = Clock()
    async with sandbox_people(clock) as (messenger, people), AsyncExitStack() as later:
        loa = Loa(settings_for(pg, tmp_path, messenger), house, clock)
        await people.arrive({"nga": "Nga"}, {})
        async with loa.running(Part.BOT) as first:
            await until(lambda: sends(first))
            second = await later.enter_async_context(loa.running(Part.BOT))
            await people.say("nga", "/start")
            await people.hear("nga", "Chào Nga")
            assert not sends(second)
        await people.say("nga", "/start")
        await people.hear("nga", "Chào Nga")
        assert sends(second)
