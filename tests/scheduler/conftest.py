import asyncio
from collections.abc import Iterator

import pytest

from storage.store import Store
from tests.conftest import Clock
from tests.scheduler.ledger import Ledger
from tests.scheduler.outages import OUTAGES, Outage, lent


@pytest.fixture
def ledger(store: Store, clock: Clock, runner: asyncio.Runner) -> Ledger:
    """An account with two groups and a private chat, and a drain that has not begun."""
    return runner.run(Ledger.open(store, clock))


@pytest.fixture(params=OUTAGES)
def outage(request: pytest.FixtureRequest, runner: asyncio.Runner) -> Iterator[Outage]:
    yield from lent(request, runner)
