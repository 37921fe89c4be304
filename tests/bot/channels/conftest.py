import asyncio
import socket
from collections.abc import Iterator

import pytest

from bot.channels.telegram import TelegramChannel
from tests.bot.channels.fake_telegram import Fake, faking
from tests.conftest import entered
from tests.sandbox.stage import TOKEN, Stage, on_stage


@pytest.fixture
def stage(runner: asyncio.Runner) -> Iterator[Stage]:
    yield from entered(runner, on_stage())


@pytest.fixture
def channel(stage: Stage, runner: asyncio.Runner) -> Iterator[TelegramChannel]:
    """Loa's bot on the stage."""
    channel = runner.run(TelegramChannel.open("telegram", TOKEN, stage.running.url, 25))
    yield channel
    runner.run(channel.close())


@pytest.fixture
def fake(runner: asyncio.Runner) -> Iterator[Fake]:
    yield from entered(runner, faking())


@pytest.fixture
def unused_url() -> str:
    """Where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return f"http://127.0.0.1:{listener.getsockname()[1]}"
