"""What a process tells of itself, over HTTP."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from domain.broadcast import Priority
from scheduler.telemetry import Count, Telemetry
from storage.chats import AccountState
from storage.figures import Figures, Inbox, Queue, Tickets
from storage.store import StorageError
from tests.web.serving import client_of
from web import state
from web.app import make_app
from web.state import State

TOKEN = "m3trics-tokén"
HOUR = timedelta(hours=1)


@dataclass
class Database:
    """At that revision, out of order, or not answering."""

    figures: Figures
    revision: str | None = "2"
    error: Exception | None = None
    hangs: bool = False
    telemetry: Telemetry = field(default_factory=Telemetry)

    async def at(self) -> str | None:
        if self.error:
            raise self.error
        if self.hangs:
            await asyncio.Event().wait()
        return self.revision

    async def read(self) -> Figures:
        if self.error:
            raise self.error
        return self.figures


def figures(now: datetime) -> Figures:
    return Figures(
        [
            Queue("a", Priority.LIVE, 2, now - timedelta(seconds=5)),
            Queue("a", Priority.BROADCAST, 74_422, now - HOUR),
        ],
        [Inbox("b", 3, now - timedelta(minutes=1))],
        [
            AccountState("a", None, None, now + timedelta(seconds=30)),
            AccountState("b", None, "Unauthorized", None),
        ],
        Tickets(4, now - 2 * HOUR),
    )


@asynccontextmanager
async def asking(
    database: Database, now: datetime, token: str = "", shows: bool = True
) -> AsyncIterator[httpx.AsyncClient]:
    registry = database.telemetry.registry
    told = State(database.at, ["2", "1"], database.read, registry, lambda: now, shows, token)
    async with client_of(make_app({}, _keep, state=told)) as client:
        yield client


async def _keep(account_id: str, key: str, payload: object) -> bool:
    raise NotImplementedError


def samples(text: str) -> dict[tuple[str, ...], float]:
    """Every value by its name and labels."""
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


@pytest.mark.parametrize(
    ("revision", "error", "status", "told"),
    [
        ("2", None, 200, "ready"),
        ("3", None, 200, "ready"),
        ("1", None, 503, "the database is not migrated"),
        (None, None, 503, "the database is not migrated"),
        ("2", StorageError("loa@10.0.0.7 refused"), 503, "the database cannot be reached"),
        ("2", RuntimeError("password of loa"), 503, "the database cannot be reached"),
        ("2", TimeoutError(), 503, "the database does not answer"),
    ],
)
async def test_it_is_ready_when_the_database_is(
    revision: str | None, error: Exception | None, status: int, told: str, now: datetime
) -> None:
    async with asking(Database(figures(now), revision, error), now) as client:
        answer = await client.get("/readyz")
        alive = await client.get("/healthz")
    assert (answer.status_code, answer.text) == (status, told)
    assert alive.text == "ok"


async def test_a_database_that_hangs_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch, now: datetime
) -> None:
    monkeypatch.setattr(state, "READY_SECONDS", 0.01)
    async with asking(Database(figures(now), hangs=True), now) as client:
        answer = await client.get("/readyz")
    assert (answer.status_code, answer.text) == (503, "the database does not answer")


async def test_the_figures_of_the_database_and_of_the_process_are_told(now: datetime) -> None:
    database = Database(figures(now))
    database.telemetry.count(Count.MESSAGES, "a", "sent")
    async with asking(database, now) as client:
        answer = await client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=")
    found = samples(answer.text)
    wanted = {
        ("loa_database_up",): 1,
        ("loa_queue_messages", "a", "live"): 2,
        ("loa_queue_messages", "a", "broadcast"): 74_422,
        ("loa_queue_oldest_seconds", "a", "live"): 5,
        ("loa_queue_oldest_seconds", "a", "broadcast"): 3600,
        ("loa_inbox_updates", "b"): 3,
        ("loa_inbox_oldest_seconds", "b"): 60,
        ("loa_account_refused", "a"): 0,
        ("loa_account_refused", "b"): 1,
        ("loa_account_paused_seconds", "a"): 30,
        ("loa_account_paused_seconds", "b"): 0,
        ("loa_open_tickets",): 4,
        ("loa_open_tickets_oldest_seconds",): 7200,
        ("loa_messages_total", "a", "sent"): 1,
    }
    assert {key: found.get(key) for key in wanted} == wanted
    assert "process_resident_memory_bytes" in answer.text
    assert "Unauthorized" not in answer.text


async def test_without_the_database_the_process_still_tells_its_own(now: datetime) -> None:
    database = Database(figures(now), error=StorageError("database is locked"))
    database.telemetry.count(Count.MESSAGES, "a", "sent")
    async with asking(database, now) as client:
        found = samples((await client.get("/metrics")).text)
    assert (found[("loa_database_up",)], found[("loa_messages_total", "a", "sent")]) == (0, 1)
    assert ("loa_open_tickets",) not in found


@pytest.mark.parametrize(
    ("given", "status"),
    [
        (f"Bearer {TOKEN}", 200),
        (f"Bearer {TOKEN}x", 401),
        (f"bearer {TOKEN}", 401),
        (TOKEN, 401),
        ("", 401),
    ],
)
async def test_with_a_token_only_who_brings_it_reads(
    given: str, status: int, now: datetime
) -> None:
    async with asking(Database(figures(now)), now, TOKEN) as client:
        answer = await client.get("/metrics", headers={b"Authorization": given.encode()})
    assert answer.status_code == status
    assert bool(answer.content) is (status == 200)


async def test_where_figures_are_not_shown_there_is_no_page(now: datetime) -> None:
    async with asking(Database(figures(now)), now, TOKEN, shows=False) as client:
        assert (await client.get("/metrics")).status_code == 404


def test_the_token_is_not_shown(now: datetime) -> None:
    database = Database(figures(now))
    registry = database.telemetry.registry
    told = State(database.at, [], database.read, registry, lambda: now, True, TOKEN)
    assert TOKEN not in repr(told)
