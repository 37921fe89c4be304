import asyncio
from collections.abc import Iterator

import pytest

from bot.channels import telegram_request
from bot.channels.telegram_request import AiohttpRequest, NoAnswer, NotSent
from tests.bot.channels.fake_telegram import Fake


@pytest.fixture
def request_(runner: asyncio.Runner) -> Iterator[AiohttpRequest]:
    request = AiohttpRequest(proxies=False)
    runner.run(request.initialize())
    yield request
    runner.run(request.shutdown())


async def test_a_platform_that_keeps_silent_may_have_done_it(
    request_: AiohttpRequest, fake: Fake
) -> None:
    fake.silent = asyncio.Event()
    with pytest.raises(NoAnswer, match="no answer: SocketTimeoutError"):
        await request_.post(f"{fake.url}/sendMessage", read_timeout=0.01)
    assert fake.silent.is_set()


async def test_a_platform_that_is_not_there_has_done_nothing(
    request_: AiohttpRequest, unused_url: str
) -> None:
    with pytest.raises(NotSent, match="no connection: ClientConnectorError"):
        await request_.post(unused_url)


async def test_a_call_that_finds_no_free_connection_has_sent_nothing(
    fake: Fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telegram_request, "CONNECTIONS", 1)
    fake.silent = asyncio.Event()
    async with AiohttpRequest(proxies=False) as request:
        first = asyncio.create_task(request.post(fake.url))
        await fake.silent.wait()
        with pytest.raises(NotSent, match="no connection: ConnectionTimeoutError"):
            await request.post(fake.url, connect_timeout=0.01, pool_timeout=0.0)
        first.cancel()


async def test_many_calls_go_at_once(request_: AiohttpRequest, fake: Fake) -> None:
    fake.body = {"ok": True, "result": True}
    calls = (request_.post(f"{fake.url}/sendMessage") for _ in range(300))
    assert set(await asyncio.gather(*calls)) == {True}


async def test_it_may_be_opened_and_closed_twice(request_: AiohttpRequest) -> None:
    await request_.initialize()
    await request_.shutdown()
    await request_.shutdown()
