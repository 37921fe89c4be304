"""`python -m sandbox`: the sandbox alone, for any bot."""

import argparse
import asyncio
import signal
import sys
from pathlib import Path

from sandbox.door import is_loopback
from sandbox.journal import JournalError
from sandbox.serve import Running, serve
from sandbox.telegram.limits import Rates


def main() -> int:
    options = _options()
    try:
        asyncio.run(_run(options))
    except (OSError, JournalError) as error:
        print(f"sandbox: {error}", file=sys.stderr)  # noqa: T201 - the program's own voice
        return 1
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        "sandbox", description="A pretend Telegram and Zalo with a chat page."
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
    parser.add_argument("--port", type=int, default=8081, help="port to listen on (8081)")
    parser.add_argument(
        "--journal", type=Path, metavar="DIR", help="keep everything here; without it, in memory"
    )
    parser.add_argument("--limits", action="store_true", help="keep Telegram's limits of rate")
    parser.add_argument(
        "--speed", type=positive_number, default=1, metavar="N", help="allow N times as much (1)"
    )
    parser.add_argument(
        "--latency", type=positive_number, default=0, metavar="MS", help="hold every answer (0)"
    )
    return parser.parse_args()


def positive_number(text: str) -> float:
    if (number := float(text)) <= 0:
        raise ValueError(text)
    return number


async def _run(options: argparse.Namespace) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with serve(
        options.host,
        options.port,
        options.journal,
        limits=Rates(speed=options.speed) if options.limits else None,
        latency=options.latency / 1000,
    ) as running:
        _greet(running, options.host)
        await stop.wait()


def _greet(running: Running, host: str) -> None:
    lines = [
        f"Chat page:     {running.url}/",
        f"Telegram API:  {running.telegram}<token>/<method>",
        f"Zalo Bot API:  {running.zalo_bot}/bot<token>/<method>",
        f"Zalo OA API:   {running.zalo_oa}/v3.0/oa/...",
    ]
    if not is_loopback(host):
        lines.append("Open to the network, without any password: use it on a trusted one only.")
    print("\n".join(lines), flush=True)  # noqa: T201 - the program's own voice


if __name__ == "__main__":
    sys.exit(main())
