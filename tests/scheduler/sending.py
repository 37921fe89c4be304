"""A process that sends by an account as far as it has it: `python -m tests.scheduler.sending`.

It says each thing in a line of its own: the chat of a message as it goes out, that it `has` the
account, and that it has `lost` it.
"""

import asyncio
import sys
from dataclasses import dataclass
from datetime import UTC, datetime

from domain.channel import Capabilities, Content, Sent
from scheduler.drain import Drain, Hands
from storage.company import Hold
from storage.in_company import InCompany
from storage.store import Store, open_store
from tests.messenger import Memory

ACCOUNT = "memory"
CAN = Capabilities(per_second=50)
ANSWER_SECONDS = 0.05


@dataclass
class Telling(Memory):
    """A messenger that tells of what was sent before it answers."""

    async def send(self, chat_id: str, content: Content) -> Sent:
        say(chat_id)
        await asyncio.sleep(ANSWER_SECONDS)
        return await super().send(chat_id, content)


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


@dataclass
class Sending:
    store: Store

    async def work(self, hold: Hold) -> None:
        await self.store.write(hold.enter)
        say("has")
        hands = Hands(lambda content, *_: content, lambda text, *_: text, _no, _no, folder="")
        try:
            await Drain(self.store, Telling(CAN), lambda: datetime.now(UTC), hands, hold).run()
        finally:
            say("lost")


def _no(*_: object) -> None:
    """Nobody is told."""


async def run(url: str, lease: float) -> None:
    """Until it is killed."""
    store = await open_store(url, stalled_seconds=lease)
    company = InCompany(url, _no, lease)
    async with company.present():
        await company.while_mine(ACCOUNT, Sending(store).work)


if __name__ == "__main__":
    asyncio.run(run(sys.argv[1], float(sys.argv[2])))
