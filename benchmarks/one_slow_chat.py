"""What one chat that is always too fast costs the others: `python -m benchmarks.one_slow_chat`.

A broadcast at ten times Telegram's limits, once as it is and once where one group answers every
message with 429 and a retry_after of 60 seconds. The rates of all other groups are compared.
"""

import argparse
import asyncio
import sys
import tempfile
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, func, select

from benchmarks.platform import (
    PER_SECOND,
    SPEED,
    introduce,
    new_ledger,
    running_platform,
    running_sender,
    say,
    verdict,
)
from storage.schema import chat, delivery
from storage.store import Store

BAR = 0.02
LOOK_SECONDS = 0.5


async def rate(ledger: Path, groups: int, *, slow: bool) -> float:
    """Messages a second to all groups but the one in the middle, which may be slow."""
    async with running_platform("--limits", "--speed", str(SPEED)) as platform:
        chats = await platform.groups(groups)
        middle = chats[groups // 2]
        if slow:
            await platform.act("faults", kind="429", chat=middle, seconds=60)
        flags = ("--per-second", str(PER_SECOND))
        async with (
            new_ledger(ledger, chats) as store,
            running_sender(ledger, platform.url, *flags) as sending,
        ):
            await _until_sent(store, middle)
            await sending.kill()
            count, first, last = await store.read(_sent, middle)
        assert count == groups - 1
        return (count - 1) / (last - first).total_seconds()


async def _until_sent(store: Store, middle: str) -> None:
    while await store.read(_waiting, middle):  # noqa: ASYNC110 - another process writes it
        await asyncio.sleep(LOOK_SECONDS)


def _waiting(c: Connection, middle: str) -> bool:
    """Whether another group still waits."""
    waits = delivery.c.state.in_(("queued", "sending")) & (chat.c.platform_id != middle)
    query = select(delivery.c.id).join(chat, chat.c.id == delivery.c.chat_id).where(waits)
    return c.execute(query.limit(1)).first() is not None


def _sent(c: Connection, middle: str) -> tuple[int, datetime, datetime]:
    """How many messages went to the other groups, and when the first and the last."""
    when = delivery.c.ended_at
    query = (
        select(func.count(), func.min(when, type_=when.type), func.max(when, type_=when.type))
        .join(chat, chat.c.id == delivery.c.chat_id)
        .where(delivery.c.state == "sent", chat.c.platform_id != middle)
    )
    count, first, last = c.execute(query).one()
    return count, first, last


async def compare(groups: int) -> bool:
    introduce(f"{groups:,} groups, one of which answers 429 throughout")
    with tempfile.TemporaryDirectory() as folder:
        without = await rate(Path(folder) / "without.db", groups, slow=False)
        beside = await rate(Path(folder) / "beside.db", groups, slow=True)
    say(f"without it {without:.1f} messages/s, beside it {beside:.1f}")
    lost = 1 - beside / without
    told = f"the others lose {lost:.2%} of their rate, less than {BAR:.0%}"
    return verdict(told, holds=lost < BAR)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m benchmarks.one_slow_chat")
    parser.add_argument("--groups", type=int, default=6000)
    return 0 if asyncio.run(compare(parser.parse_args().groups)) else 1


if __name__ == "__main__":
    sys.exit(main())
