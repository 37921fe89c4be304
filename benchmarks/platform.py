"""What the sending benchmarks share: the platform in a process of its own, a ledger, the verdicts.

The platform is `python -m sandbox`, a pretend Telegram on real HTTP. Where the system lets a
process be pinned, it has one core and everything of ours another.
"""

import json
import math
import os
import platform as machine
import signal
import time
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp
from sqlalchemy import Connection, insert, select

from benchmarks.processes import begin, kill, line_of, running
from domain.broadcast import BroadcastState
from domain.channel import Choice
from storage import broadcasts, chats, deliveries, documents, schema
from storage.broadcasts import Plan
from storage.deliveries import Letter, Wave
from storage.migrate import upgrade
from storage.store import Store, opened_store

NATION = 74_422
"""Village teams of the country, each with a group."""

SPEED = 10
PER_SECOND = 30 * SPEED
"""Telegram's limits, and those of an account, at ten times their speed."""
FREE = 1e6
"""Messages a second of an account that has no limit."""
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")

BOT, TOKEN, ACCOUNT = "loa_bot", "7000001:benchmark", "telegram"
LIBRARIES = ("python-telegram-bot", "aiogram", "aiohttp", "httpx", "sqlalchemy", "uvicorn")
BULK = 2000

TEXT = """📄 <b>Văn bản 793/BTTTT-THH</b>
Bộ Thông tin và Truyền thông, ngày 05/03/2022

Hướng dẫn triển khai thí điểm tổ công nghệ số cộng đồng: mỗi thôn, bản, tổ dân phố một tổ, đưa \
nền tảng số và kỹ năng số đến từng hộ dân."""
GOT = Choice("✅ Đã nhận", "acknowledge.got:1")


def cores() -> tuple[int, int] | None:
    """The platform's core and ours, where processes can be pinned and there are two."""
    if not hasattr(os, "sched_setaffinity"):
        return None
    own = sorted(os.sched_getaffinity(0))
    return (own[0], own[-1]) if len(own) > 1 else None


CORES = cores()


def pin(place: int, process: int = 0) -> None:
    """Keep a process (this one) to the platform's core, place 0, or to ours, place 1."""
    if CORES:
        os.sched_setaffinity(process, {CORES[place]})


def now() -> datetime:
    return datetime.now(UTC)


def say(*words: object) -> None:
    print(*words, flush=True)  # noqa: T201 - a benchmark's own voice


def introduce(title: str, *, pins: bool = True) -> None:
    """Say on what machine and with which libraries this is measured, and whether it is pinned."""
    cpu = next(
        (
            line.partition(":")[2].strip()
            for line in _lines("/proc/cpuinfo")
            if line.startswith("model name")
        ),
        machine.processor() or "unknown",
    )
    pinned = f"pinned to {CORES[0]} and {CORES[1]}" if CORES and pins else "not pinned"
    say(f"== {title}")
    say(f"{os.cpu_count()} cores ({cpu}), {pinned}; {machine.system()} {machine.release()}")
    versions = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    say(f"Python {machine.python_version()}, {versions}")


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text(encoding="utf-8").splitlines()
    except OSError:
        return []


def verdict(text: str, *, holds: bool) -> bool:
    """One line: what was measured against its bar."""
    say(f"{'PASS' if holds else 'FAIL'}  {text}")
    return holds


def percentile(values: Sequence[float], share: float) -> float:
    """The least value that so large a share of them does not pass."""
    return sorted(values)[math.ceil(share * len(values)) - 1]


def spread(values: Sequence[float], form: str) -> str:
    """The middle, the 99th percentile and the most of values, each written as "{:.1f} ms"."""
    shares = {"p50": 0.5, "p99": 0.99, "max": 1.0}
    told = (f"{form.format(percentile(values, share))} ({name})" for name, share in shares.items())
    return ", ".join(told)


async def timed(times: int, work: Callable[[], Awaitable[object]]) -> list[float]:
    """The seconds that each of so many runs took."""
    took = []
    for _ in range(times):
        begun = time.perf_counter()
        await work()
        took.append(time.perf_counter() - begun)
    return took


@dataclass(frozen=True, slots=True)
class Platform:
    """The sandbox that runs, and its control API."""

    url: str
    http: aiohttp.ClientSession

    async def ask(self, path: str) -> dict[str, Any]:
        async with self.http.get(f"/sandbox{path}") as answer:
            return await _result(answer)

    async def act(self, path: str, **body: object) -> dict[str, Any]:
        async with self.http.post(f"/sandbox/{path}", json=body) as answer:
            return await _result(answer)

    async def groups(self, count: int, bot: str = BOT, token: str = TOKEN) -> list[str]:
        """The chat ids of so many groups that the bot is in."""
        await self.act("bots", username=bot, name="Loa", token=token)
        await self.act("people", key="head", name="Trưởng thôn")
        made: list[str] = []
        for first in range(0, count, BULK):
            groups = [_group(number, bot) for number in range(first, min(first + BULK, count))]
            made += (await self.act("bulk", groups=groups, quiet=True))["groups"]
        return made

    async def people(self, count: int) -> list[int]:
        """The ids of so many people more."""
        people = [{"key": f"m{number}", "name": f"Thành viên {number}"} for number in range(count)]
        ids: list[int] = (await self.act("bulk", people=people, quiet=True))["people"]
        return ids

    async def tally(self, bot: str = BOT) -> dict[str, int]:
        """What the bot did since the limits were set: calls, messages, 429s that it earned."""
        tally: dict[str, int] = (await self.ask("/limits"))["bots"][bot]
        return tally

    async def place(self) -> int:
        """How far its journal is."""
        return int((await self.ask(""))["seq"])

    async def posted(self, after: int) -> AsyncIterator[tuple[float, dict[str, Any]]]:
        """Every message after a place of its journal as it comes, with its time; without end."""
        while True:
            found = await self.ask(f"/log?after={after}&wait=10")
            after = found["seq"]
            for entry in found["entries"]:
                if entry["fact"] == "Posted":
                    yield entry["at"], entry["data"]["message"]


def refused(*tallies: Mapping[str, int]) -> int:
    """The 429s that these bots earned."""
    return sum(each["too_many_bot"] + each["too_many_chat"] for each in tallies)


async def _result(answer: aiohttp.ClientResponse) -> dict[str, Any]:
    result: dict[str, Any] = await answer.json()
    if answer.status != 200:
        raise RuntimeError(f"the platform refuses: {result}")
    return result


def _group(number: int, bot: str) -> dict[str, object]:
    key, title = f"{bot}-{number}", f"Thôn {number}"
    return {"key": key, "title": title, "members": ["head"], "bots": [bot]}


@asynccontextmanager
async def running_platform(*flags: str) -> AsyncIterator[Platform]:
    """The sandbox in a process of its own, with these flags, for as long as the block runs."""
    process = await begin("sandbox", "--port", "0", *flags)
    pin(0, process.pid)
    try:
        url = (await line_of(process)).split()[-1].rstrip("/")
        # As many connections as people who wait.
        connector = aiohttp.TCPConnector(limit=0)
        async with aiohttp.ClientSession(url, connector=connector) as http:
            yield Platform(url, http)
    finally:
        process.send_signal(signal.SIGTERM)
        await process.wait()


@asynccontextmanager
async def new_ledger(path: Path, groups: Sequence[str]) -> AsyncIterator[Store]:
    """A new database with a running broadcast, a row a group, all queued."""
    async with opened_store(f"sqlite:///{path}") as store:
        await store.write(upgrade)
        unit_id = await store.write(add_groups, {ACCOUNT: groups})
        await store.write(queue_document, unit_id, ["nation"], now())
        yield store


def add_groups(c: Connection, groups: Mapping[str, Sequence[str]]) -> int:
    """The groups of each account, all of one unit; its number."""
    unit = schema.unit
    unit_id = c.execute(
        insert(unit).values(code="VN", name="Việt Nam", level="nation").returning(unit.c.id)
    ).scalar_one()
    for account, chat_ids in groups.items():
        chats.open_account(c, account, None)
        rows = [{"account_id": account, "platform_id": each, "kind": "group"} for each in chat_ids]
        c.execute(insert(schema.chat), [row | {"unit_id": unit_id} for row in rows])
    return int(unit_id)


def queue_document(c: Connection, unit_id: int, levels: Sequence[str], at: datetime) -> None:
    """A running broadcast of that unit to every chat there is, all queued."""
    chat = schema.chat
    targets = c.execute(select(chat.c.account_id, chat.c.id, chat.c.unit_id)).all()
    contents = deliveries.keep_contents(c, Letter(0, TEXT, ((GOT,),)))
    wave = Wave(add_broadcast(c, unit_id, levels, BroadcastState.RUNNING, at), contents)
    deliveries.queue_wave(c, wave, targets, at)


def add_broadcast(
    c: Connection, unit_id: int, levels: Sequence[str], state: BroadcastState, at: datetime
) -> int:
    """A broadcast of a new document to these levels below a unit; its number."""
    document_id = documents.add(
        c,
        number="793/BTTTT-THH",
        issued_on=date(2022, 3, 5),
        issuer="Bộ Thông tin và Truyền thông",
        summary="Tổ công nghệ số cộng đồng",
        file_ids=[],
        unit_id=unit_id,
        created_by=None,
        now=at,
    )
    plan = Plan(document_id, unit_id, list(levels), "benchmark", at)
    made = broadcasts.create(c, plan, state, None, None, at)
    assert made is not None
    return made


@dataclass(frozen=True, slots=True)
class Sent:
    """What a broadcast took: time, and the most memory of the sending process, in bytes."""

    seconds: float
    memory: int


@dataclass(frozen=True, slots=True)
class Sending:
    """A sending process that runs."""

    process: Process

    async def result(self) -> Sent:
        """Wait for its end; raises RuntimeError when it failed."""
        line = await line_of(self.process)
        if await self.process.wait():
            raise RuntimeError("the sending process failed")
        return Sent(**json.loads(line))

    async def kill(self) -> None:
        await kill(self.process)


@asynccontextmanager
async def running_sender(ledger: Path, url: str, *flags: str) -> AsyncIterator[Sending]:
    """`python -m benchmarks.sender` from when it sends, killed at the block's end."""
    async with running("benchmarks.sender", f"sqlite:///{ledger}", url, *flags) as process:
        yield Sending(process)
