"""How fast a broadcast goes out.

    python -m benchmarks.broadcast --limits      against Telegram's limits, at ten times their speed
    python -m benchmarks.broadcast --peers       without limits, beside bare loops over other ways

`--limits`: a document goes to the groups of the whole nation. Efficiency is the time that the
platform's limits ask for ÷ the time taken. `--peers`: each answer of the platform takes 50 ms; our
whole road, ledger included, sends as many messages as loops that only call a library, 256 at once.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from pathlib import Path

import aiohttp
import telegram
from aiogram import Bot as Aiogram
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions

from benchmarks.platform import (
    FREE,
    GOT,
    NATION,
    PER_SECOND,
    SPEED,
    TEXT,
    TOKEN,
    Platform,
    introduce,
    new_ledger,
    pin,
    refused,
    running_platform,
    running_sender,
    say,
    verdict,
)
from bot.channels.telegram_request import AiohttpRequest

EFFICIENCY_BAR = 0.97
MEMORY_BAR = 150
RATE_BAR, STOCK_BAR, AIOGRAM_BAR = 1000, 8, 0.9
AT_ONCE = 256
LATENCY = 50
OURS = "our whole road"
BEST_OF = 2

Call = Callable[[str], Awaitable[object]]
"""Sends the message to one chat."""

Loop = Callable[[str, Sequence[str]], Awaitable[float]]
"""Sends the message to these chats of the platform at an address; in how many seconds."""


async def limits(groups: int) -> bool:
    """Measure against Telegram's limits; whether every bar is held."""
    introduce(f"{groups:,} groups against Telegram's limits at {SPEED} times their speed")
    flags = ("--per-second", str(PER_SECOND), "--listen")
    with tempfile.TemporaryDirectory() as folder:
        ledger = Path(folder) / "ledger.db"
        async with running_platform("--limits", "--speed", str(SPEED)) as platform:
            chats = await platform.groups(groups)
            async with new_ledger(ledger, chats):
                pass
            async with running_sender(ledger, platform.url, *flags) as sending:
                sent = await sending.result()
            tally = await platform.tally()
    floor = groups / PER_SECOND
    efficiency = floor / sent.seconds
    messages, most = tally["messages"], tally["most_in_a_second"]
    say(f"{messages:,} messages in {sent.seconds:.1f} s, where the platform asks for {floor:.1f} s")
    say(f"at most {most} messages in any second")
    held = [
        verdict(
            f"efficiency {efficiency:.3f}, at least {EFFICIENCY_BAR}",
            holds=efficiency >= EFFICIENCY_BAR,
        ),
        verdict(f"429s caused by us: {refused(tally)}, none allowed", holds=not refused(tally)),
        verdict(f"messages to {groups:,} groups: {messages:,}", holds=messages == groups),
        verdict(
            f"memory of the sending process {sent.memory / 2**20:.0f} MB, at most {MEMORY_BAR}",
            holds=sent.memory <= MEMORY_BAR * 2**20,
        ),
    ]
    return all(held)


async def peers(messages: int) -> bool:
    """Measure beside bare loops; whether every bar is held."""
    introduce(f"{messages:,} messages, no limits, {LATENCY} ms latency, {AT_ONCE} at once")
    pin(1)
    with tempfile.TemporaryDirectory() as folder:
        async with running_platform("--latency", str(LATENCY)) as platform:
            chats = await platform.groups(messages)
            ledgers = [Path(folder) / f"{number}.db" for number in range(BEST_OF)]
            ours = [await _ours(ledger, platform, chats) for ledger in ledgers]
            rates = {OURS: _told(OURS, messages / min(ours))}
            for name, loop in LOOPS.items():
                rates[name] = _told(name, await _best(loop, platform, chats))
    rate = rates[OURS]
    held = [
        verdict(f"{rate:,.0f} messages/s, at least {RATE_BAR:,}", holds=rate >= RATE_BAR),
        _beside(rate, rates, "python-telegram-bot", STOCK_BAR),
        _beside(rate, rates, "aiogram", AIOGRAM_BAR),
    ]
    return all(held)


def _beside(rate: float, rates: dict[str, float], name: str, bar: float) -> bool:
    times = rate / rates[name]
    return verdict(f"{times:.2f} times {name}'s bare loop, at least {bar}", holds=times >= bar)


def _told(name: str, rate: float) -> float:
    say(f"{name:>40} {rate:8,.0f} messages/s")
    return rate


async def _best(loop: Loop, platform: Platform, chats: Sequence[str]) -> float:
    """Messages a second of the best run."""
    return len(chats) / min([await loop(platform.url, chats) for _ in range(BEST_OF)])


async def _ours(ledger: Path, platform: Platform, chats: Sequence[str]) -> float:
    async with new_ledger(ledger, chats):
        pass
    async with running_sender(ledger, platform.url, "--per-second", str(FREE)) as sending:
        return (await sending.result()).seconds


async def _timed(call: Call, chats: Sequence[str]) -> float:
    """How many seconds it takes to call for each of these chats, so many at once."""
    waiting: Iterator[str] = iter(chats)

    async def one_after_another() -> None:
        for chat in waiting:
            await call(chat)

    start = time.perf_counter()
    await asyncio.gather(*(one_after_another() for _ in range(AT_ONCE)))
    return time.perf_counter() - start


async def _python_telegram_bot(
    url: str, chats: Sequence[str], request: telegram.request.BaseRequest | None = None
) -> float:
    # Its own request class gives up after seconds; here it may be as slow as it is.
    stock = telegram.request.HTTPXRequest(
        read_timeout=60, write_timeout=60, connect_timeout=60, pool_timeout=60
    )
    button = telegram.InlineKeyboardButton(GOT.label, callback_data=GOT.action)
    keyboard = telegram.InlineKeyboardMarkup([[button]])
    preview = telegram.LinkPreviewOptions(is_disabled=True)
    async with telegram.Bot(TOKEN, base_url=f"{url}/bot", request=request or stock) as bot:
        return await _timed(
            lambda chat: bot.send_message(
                chat, TEXT, "HTML", reply_markup=keyboard, link_preview_options=preview
            ),
            chats,
        )


async def _with_our_request(url: str, chats: Sequence[str]) -> float:
    return await _python_telegram_bot(url, chats, AiohttpRequest(proxies=False))


async def _aiogram(url: str, chats: Sequence[str]) -> float:
    session = AiohttpSession(api=TelegramAPIServer.from_base(url), limit=AT_ONCE)
    button = InlineKeyboardButton(text=GOT.label, callback_data=GOT.action)
    keyboard = InlineKeyboardMarkup(inline_keyboard=[[button]])
    preview = LinkPreviewOptions(is_disabled=True)
    async with Aiogram(TOKEN, session=session) as bot:
        return await _timed(
            lambda chat: bot.send_message(
                chat, TEXT, parse_mode="HTML", reply_markup=keyboard, link_preview_options=preview
            ),
            chats,
        )


async def _raw_aiohttp(url: str, chats: Sequence[str]) -> float:
    button = {"text": GOT.label, "callback_data": GOT.action}
    fixed = {
        "text": TEXT,
        "parse_mode": "HTML",
        "reply_markup": {"inline_keyboard": [[button]]},
        "link_preview_options": {"is_disabled": True},
    }
    connector = aiohttp.TCPConnector(limit=AT_ONCE)
    async with aiohttp.ClientSession(connector=connector) as session:

        async def call(chat: str) -> None:
            body = fixed | {"chat_id": chat}
            async with session.post(f"{url}/bot{TOKEN}/sendMessage", json=body) as answer:
                assert (await answer.json())["ok"]

        return await _timed(call, chats)


LOOPS: dict[str, Loop] = {
    "python-telegram-bot": _python_telegram_bot,
    "python-telegram-bot, our request class": _with_our_request,
    "aiogram": _aiogram,
    "raw aiohttp": _raw_aiohttp,
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m benchmarks.broadcast")
    way = parser.add_mutually_exclusive_group(required=True)
    way.add_argument("--limits", action="store_true", help="against Telegram's limits")
    way.add_argument("--peers", action="store_true", help="beside bare loops over other ways")
    parser.add_argument("--groups", type=int, help=f"how many ({NATION} with limits, else 5000)")
    given = parser.parse_args()
    run = limits(given.groups or NATION) if given.limits else peers(given.groups or 5000)
    return 0 if asyncio.run(run) else 1


if __name__ == "__main__":
    sys.exit(main())
