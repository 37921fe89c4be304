"""Jobs that two processes do at the same time, and a third one that woke up late once more."""

import asyncio
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, insert, select

from bot.house import House
from domain.message import FileKind
from domain.quota import month_of
from loa.jobs import Jobs
from loa.settings import Settings
from scheduler.fetch import keep_bytes
from storage import chats, deliveries, quotas
from storage.deliveries import Letter
from storage.schema import chat, delivery, file, page
from storage.store import Store, opened_store
from tests.conftest import entered
from tests.matrix import conversations
from tests.messenger import SURFACES, WITH_BUTTONS, Post, surfaces_of
from tests.papers import pdf
from tests.player import Player
from tests.stage import Stage
from tests.world import ZONE

CONVERSATIONS = {
    "what was planned while the machine was off goes late, but not at night": {
        "launch",
        "show_progress",
        "tell_digests",
        "run_errands",
        "weekly_list",
    },
    "in words, and what nobody passes on goes by the clock": {"launch"},
    "reminders go to the silent, by day, and stop at an acknowledgement": {"remind"},
    "silence climbs rung by rung, each once, and rests at night and in the weekend": {
        "ask_teams",
        "notice_silence",
    },
    "a question climbs one rung after another, by day only, each told once": {"climb"},
    "no lesson goes on a holiday, and nobody is reminded on a day off": {"teach"},
}
"""Each by its name, with the jobs that have something to do in it."""


@pytest.fixture
def store(pg: str, runner: asyncio.Runner) -> Iterator[Store]:
    """An open database with all tables and no rows, on PostgreSQL only."""
    yield from entered(runner, opened_store(pg))


@dataclass
class Crowd(Stage):
    """A stage on which these jobs are done by several; `worked` are those that did something."""

    crowded: Collection[str] = ()
    worked: set[str] = field(default_factory=set)

    async def _do(self, *names: str) -> None:
        for name in names:
            if name in self.crowded:
                await asyncio.gather(self._once(name), self._once(name))
            await self._once(name)

    async def _once(self, name: str) -> None:
        settings = Settings(data_dir=self.folder or Path())
        wake = partial(self.worked.add, name)
        jobs = Jobs(settings, self.store, self.house, self.narrator, lambda: self.now, wake)
        await next(job for job in jobs.all() if job.name == name).do()

    async def tick(self) -> list[Post]:
        posts = await super().tick()
        said = Counter((post.chat, post.text, post.files) for post in posts)
        assert not [each for each, count in said.items() if count > 1]
        return posts


@pytest.mark.parametrize("name", CONVERSATIONS)
async def test_what_two_do_at_once_is_done_once(
    store: Store, house: House, now: datetime, tmp_path: Path, name: str
) -> None:
    row = next(each.row for each in conversations() if each.row["name"] == name)
    limits = replace(house.limits, **row.get("limits", {}))
    surface = SURFACES[surfaces_of(row)[0]]
    stage = await Crowd.open(store, replace(house, limits=limits), surface, now, tmp_path)
    assert isinstance(stage, Crowd)
    stage.reports, stage.crowded = row.get("reports", True), CONVERSATIONS[name]
    await Player(stage).play(row["steps"])
    assert stage.worked >= CONVERSATIONS[name]


def seed(c: Connection, account: str, sha256: str, now: datetime) -> None:
    """A file to be read, most of a month used, and a message for an account that is not set up."""
    row = {"kind": FileKind.DOCUMENT, "name": "a.pdf", "mime": "application/pdf", "size": 5}
    c.execute(insert(file).values(sha256=sha256, made_at=now, **row))
    chats.open_account(c, account, None, quota=100)
    quotas.count_sent(c, account, month_of(now, ZONE), 85)
    deliveries.queue(
        c, Letter(c.execute(select(func.min(chat.c.id))).scalar_one(), "xin chào"), now
    )


def found(c: Connection) -> tuple[int, set[tuple[str, int]]]:
    """How many pages are kept, and each state of messages with how often a chat has the same."""
    pages = c.execute(select(func.count(page.c.number))).scalar_one()
    same = select(delivery.c.state, func.count()).group_by(
        delivery.c.state, delivery.c.chat_id, delivery.c.content_id
    )
    return pages, {(row[0], row[1]) for row in c.execute(same)}


async def test_what_no_conversation_shows_is_done_once_too(
    store: Store, house: House, now: datetime, tmp_path: Path
) -> None:
    stage = await Crowd.open(store, house, WITH_BUTTONS, now, tmp_path)
    assert isinstance(stage, Crowd)
    name = keep_bytes(tmp_path / "files", pdf("Trang mot", "Trang hai"))
    await store.write(seed, stage.channel.account, name, now)
    stage.crowded = ("read_files", "look_at_budgets", "forsake", "tidy")
    await stage._do(*stage.crowded)
    assert stage.worked >= {"look_at_budgets", "forsake"}
    assert await store.read(found) == (2, {("failed", 1)})
