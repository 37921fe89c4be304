"""How soon webhooks are answered during a broadcast: `python -m benchmarks.webhooks`.

A broadcast goes out at full rate, at ten times Telegram's limits. Meanwhile the same process gets
an Official Account's signed webhooks at an even pace, a tenth of them twice: each is kept before it
is answered, and worked off afterwards, its answer sent. Of four, three are said in groups and one
is a question to the account. The time runs from when a webhook is due until its answer is there.
"""

import argparse
import asyncio
import hashlib
import json
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from socket import create_server

import aiohttp
from sqlalchemy import Connection, func, select

from benchmarks.official import APP, HOST, OA_SECRET, Official, make_official
from benchmarks.platform import (
    PER_SECOND,
    SPEED,
    Platform,
    introduce,
    new_ledger,
    percentile,
    pin,
    running_platform,
    running_sender,
    say,
    spread,
    verdict,
)
from bot.faq import load_faq
from storage.schema import delivery, inbox
from storage.store import Store
from web.proof import ZALO_SIGNATURE

IN_GROUP = "user_send_group_text"
RATE, SECONDS = 200.0, 30
BAR = 100
"""Milliseconds."""
ASKED_EVERY, TWICE_EVERY = 4, 10
AGAIN_AFTER = 1.0
FOLLOWERS, GMF_GROUPS = 500, 100
PATIENCE = 120
"""Seconds that what was kept has to be worked off and answered."""


@dataclass(frozen=True, slots=True)
class Knock:
    """A webhook and when it is due, in seconds from the start."""

    due: float
    body: bytes
    headers: dict[str, str]


def knocks(official: Official, rate: float, count: int) -> list[Knock]:
    """So many webhooks at an even pace and, soon after, those that come twice."""
    made: list[Knock] = []
    for number, body in enumerate(_bodies(official, count)):
        due, signed = number / rate, {ZALO_SIGNATURE: _signature(body)}
        made.append(Knock(due, body, signed))
        if number % TWICE_EVERY == 0:
            made.append(Knock(due + AGAIN_AFTER, body, signed))
    return sorted(made, key=lambda knock: knock.due)


def _bodies(official: Official, count: int) -> Iterator[bytes]:
    texts = [entry.question for entry in load_faq()]
    for number in range(count):
        follower = official.followers[number % FOLLOWERS]
        asked = number % ASKED_EVERY == 0
        to, event = (official.oa_id, "user_send_text") if asked else (_group(number), IN_GROUP)
        update = {
            "app_id": APP,
            "event_name": event,
            "sender": {"id": follower},
            "recipient": {"id": to},
            "message": {"msg_id": f"{number:020x}", "text": texts[number % len(texts)]},
            "timestamp": _timestamp(),
        }
        yield json.dumps(update, ensure_ascii=False).encode()


def _group(number: int) -> str:
    return f"{number % GMF_GROUPS:020x}"


def _timestamp() -> str:
    return str(time.time_ns() // 1_000_000)


def _signature(body: bytes) -> str:
    """https://developers.zalo.me/docs/official-account/webhook/tong-quan"""
    signed = APP.encode() + body + json.loads(body)["timestamp"].encode() + OA_SECRET.encode()
    return "mac=" + hashlib.sha256(signed).hexdigest()


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    seconds: float


async def knock_on(url: str, knocks: Sequence[Knock]) -> list[Answer]:
    """Bring each when it is due, whether the ones before were answered or not."""
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector) as http, asyncio.TaskGroup() as tasks:
        start = time.perf_counter()
        brought = []
        for knock in knocks:
            await asyncio.sleep(start + knock.due - time.perf_counter())
            brought.append(tasks.create_task(_bring(http, url, knock, start + knock.due)))
    return [task.result() for task in brought]


async def _bring(http: aiohttp.ClientSession, url: str, knock: Knock, due: float) -> Answer:
    async with http.post(url, data=knock.body, headers=knock.headers) as answer:
        await answer.read()
        return Answer(answer.status, time.perf_counter() - due)


@dataclass(frozen=True, slots=True)
class Kept:
    """What the ledger has of the account: updates kept, worked well, and answers that went out."""

    stored: int
    worked: int
    sent: int


def kept(c: Connection, account: str) -> Kept:
    rows = select(func.count()).select_from(inbox).where(inbox.c.account_id == account)
    well = rows.where(inbox.c.done_at.is_not(None), inbox.c.error.is_(None))
    answers = select(func.count()).select_from(delivery)
    sent = answers.where(delivery.c.account_id == account, delivery.c.state == "sent")
    return Kept(*(c.execute(query).scalar_one() for query in (rows, well, sent)))


async def worked_off(store: Store, account: str, count: int) -> Kept:
    """What was kept of so many updates, when all are worked and answered or patience ends."""
    end = time.monotonic() + PATIENCE
    whole = Kept(count, count, len(range(0, count, ASKED_EVERY)))
    while True:
        found = await store.read(kept, account)
        if found == whole or time.monotonic() > end:
            return found
        await asyncio.sleep(1)


@dataclass(frozen=True, slots=True)
class Run:
    answers: list[Answer]
    kept: Kept
    seconds: float
    messages: int
    """Of the broadcast, in these seconds."""
    left: int
    """Groups that had yet to get it when the last webhook was answered."""


async def run(platform: Platform, folder: Path, rate: float, count: int, groups: int) -> Run:
    ledger, port = folder / "ledger.db", _free_port()
    flags = ("--per-second", str(PER_SECOND), "--doors", str(port))
    async with new_ledger(ledger, await platform.groups(groups)) as store:
        official = await make_official(platform, store, await platform.people(FOLLOWERS))
        brought = knocks(official, rate, count)
        async with running_sender(ledger, platform.url, *flags):
            before, start = await platform.tally(), time.perf_counter()
            answers = await knock_on(f"http://{HOST}:{port}{official.path}", brought)
            seconds, after = time.perf_counter() - start, await platform.tally()
            found = await worked_off(store, official.account, count)
    sent = after["messages"]
    return Run(answers, found, seconds, sent - before["messages"], groups - sent)


def _free_port() -> int:
    with create_server((HOST, 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


async def measure(rate: float, seconds: int, groups: int) -> bool:
    introduce(f"{rate:g} webhooks/s for {seconds} s while {groups:,} groups get a document")
    pin(0)
    count = int(rate * seconds)
    with tempfile.TemporaryDirectory() as folder:
        async with running_platform("--limits", "--speed", str(SPEED)) as platform:
            done = await run(platform, Path(folder), rate, count, groups)
    return judge(done, count)


def judge(done: Run, count: int) -> bool:
    """Say what was measured; whether every bar is held."""
    took = [answer.seconds * 1000 for answer in done.answers]
    late = percentile(took, 0.99)
    refused = sum(answer.status != 200 for answer in done.answers)
    asked = len(range(0, count, ASKED_EVERY))
    say(f"{len(took):,} webhooks in {done.seconds:.1f} s, {len(took) - count:,} of them repeats")
    say(f"beside {done.messages / done.seconds:.0f} messages/s of the broadcast")
    say(f"answered after {spread(took, '{:.1f} ms')}")
    stored, worked, sent = done.kept.stored, done.kept.worked, done.kept.sent
    held = [
        verdict(f"p99 {late:.1f} ms, at most {BAR}", holds=late <= BAR),
        verdict(f"refused: {refused}, none allowed", holds=refused == 0),
        verdict(f"stored of {count:,} webhooks: {stored:,}", holds=stored == count),
        verdict(f"worked off of {count:,}: {worked:,}", holds=worked == count),
        verdict(f"answers sent to {asked:,} questions: {sent:,}", holds=sent == asked),
        verdict(f"groups still to write to at the end: {done.left:,}", holds=done.left > 0),
    ]
    return all(held)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m benchmarks.webhooks")
    parser.add_argument("--rate", type=float, default=RATE)
    parser.add_argument("--seconds", type=int, default=SECONDS)
    parser.add_argument("--groups", type=int, default=18_000)
    given = parser.parse_args()
    return 0 if asyncio.run(measure(given.rate, given.seconds, given.groups)) else 1


if __name__ == "__main__":
    sys.exit(main())
