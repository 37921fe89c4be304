import asyncio
from collections.abc import Iterator

import pytest

from tests.conftest import entered
from tests.sandbox.oa import Oa, oa_on
from tests.sandbox.stage import House, Stage


@pytest.fixture(scope="package", autouse=True)
def runner() -> Iterator[asyncio.Runner]:
    """One loop for all, so that the house and the browser are opened once."""
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture(scope="package")
def house(runner: asyncio.Runner) -> Iterator[House]:
    house = House()
    opening = house.opened()
    runner.run(opening.__aenter__())
    yield house
    runner.run(opening.__aexit__(None, None, None))


@pytest.fixture
def stage(house: House, runner: asyncio.Runner) -> Iterator[Stage]:
    yield from entered(runner, house.stage())


@pytest.fixture
def oa(stage: Stage, runner: asyncio.Runner) -> Oa:
    return runner.run(oa_on(stage))
