import asyncio
from collections.abc import Iterator

import pytest

from tests.sandbox.stage import Stage, on_stage


@pytest.fixture
def stage(runner: asyncio.Runner) -> Iterator[Stage]:
    context = on_stage()
    yield runner.run(context.__aenter__())
    runner.run(context.__aexit__(None, None, None))
