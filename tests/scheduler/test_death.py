"""A process that sends is killed, or stopped and woken: another one takes over, and it alone."""

import asyncio
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from sqlalchemy import Connection, select

from domain.message import Chat, ChatKind
from storage import chats, deliveries, schema
from storage.deliveries import Letter
from storage.store import Store, open_store
from tests.scheduler.sending import ACCOUNT, CAN
from tests.until import until, until_kept

LEASE = 4.0
"""In seconds, of the processes here; as a rule it is storage.company.LEASE."""
CHATS = 60


@pytest.fixture
def store(pg: str, runner: asyncio.Runner) -> Iterator[Store]:
    store = runner.run(open_store(pg))
    runner.run(store.write(fill))
    yield store
    runner.run(store.close())


def fill(c: Connection) -> None:
    """A message to each chat."""
    chats.open_account(c, ACCOUNT, None, CAN)
    now = datetime.now(UTC)
    for number in range(CHATS):
        chat = chats.seen(c, ACCOUNT, Chat(f"c{number}", ChatKind.PRIVATE))
        deliveries.queue(c, Letter(chat.id, "chào"), now)


def rows(c: Connection) -> list[tuple[str, str, bool]]:
    """The chat, state and mark of a repeat, of each message."""
    query = select(schema.chat.c.platform_id, schema.delivery.c.state, schema.delivery.c.repeated)
    joined = query.join(schema.chat, schema.chat.c.id == schema.delivery.c.chat_id)
    return [(chat, state, repeated) for chat, state, repeated in c.execute(joined)]


@dataclass
class Child:
    """A process that sends, and the lines that it has said."""

    process: asyncio.subprocess.Process
    lines: list[str] = field(default_factory=list)

    @property
    def sent(self) -> list[str]:
        return [line for line in self.lines if line not in ("has", "lost")]

    async def listen(self) -> None:
        assert self.process.stdout
        async for line in self.process.stdout:
            self.lines.append(line.decode().strip())


@asynccontextmanager
async def sending(url: str) -> AsyncIterator[Child]:
    words = ("-m", "tests.scheduler.sending", url, str(LEASE))
    process = await asyncio.create_subprocess_exec(
        sys.executable, *words, stdout=asyncio.subprocess.PIPE
    )
    child = Child(process)
    listening = asyncio.create_task(child.listen())
    try:
        yield child
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        await listening


async def all_sent(store: Store) -> bool:
    return all(state == "sent" for _, state, _ in await store.read(rows))


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGSTOP])
async def test_another_process_takes_over_and_it_alone_sends(
    end: signal.Signals, store: Store, pg: str
) -> None:
    async with sending(pg) as first, sending(pg) as second:
        await until(lambda: len(first.sent) + len(second.sent) > CHATS // 4)
        old, new = (first, second) if first.sent else (second, first)
        assert not new.sent
        old.process.send_signal(end)
        await until(lambda: "has" in new.lines)
        already = list(old.sent)
        await until_kept(lambda: all_sent(store))
        if end == signal.SIGSTOP:
            old.process.send_signal(signal.SIGCONT)
            await until(lambda: "lost" in old.lines)
        assert old.sent == already
    twice = {chat for chat, times in Counter(old.sent + new.sent).items() if times > 1}
    assert twice <= {chat for chat, _, repeated in await store.read(rows) if repeated}
    assert set(old.sent + new.sent) == {f"c{number}" for number in range(CHATS)}
