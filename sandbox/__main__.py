"""`python -m sandbox`: the sandbox alone, for any bot."""

import argparse
import asyncio
import signal
import sys
from pathlib import Path

from sandbox.door import is_loopback
from sandbox.journal import JournalError
from sandbox.serve import serve


def main() -> int:
    options = _options()
    try:
        asyncio.run(_run(options.host, options.port, options.journal))
    except (OSError, JournalError) as error:
        print(f"sandbox: {error}", file=sys.stderr)  # noqa: T201 - the program's own voice
        return 1
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser("sandbox", description="A pretend Telegram with a chat page.")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
    parser.add_argument("--port", type=int, default=8081, help="port to listen on (8081)")
    parser.add_argument(
        "--journal", type=Path, metavar="DIR", help="keep everything here; without it, in memory"
    )
    return parser.parse_args()


async def _run(host: str, port: int, journal: Path | None) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with serve(host, port, journal) as running:
        _greet(running.url, running.telegram, host)
        await stop.wait()


def _greet(url: str, telegram: str, host: str) -> None:
    lines = [f"Chat page:     {url}/", f"Telegram API:  {telegram}<token>/<method>"]
    if not is_loopback(host):
        lines.append("Open to the network, without any password: use it on a trusted one only.")
    print("\n".join(lines), flush=True)  # noqa: T201 - the program's own voice


if __name__ == "__main__":
    sys.exit(main())
