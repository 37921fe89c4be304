import asyncio
import os
import re
import signal
import sys
from pathlib import Path

import httpx
import pytest

import sandbox
from bot.channels import telegram_request
from sandbox.serve import KEEP_SECONDS
from tests.sandbox.stage import on_stage


async def _start(*options: str) -> tuple[asyncio.subprocess.Process, str]:
    """`python -m sandbox`, and its address."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "sandbox", "--port", "0", *options),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    line = (await process.stdout.readline()).decode()
    found = re.search(r"http://[\d.:]+", line)
    return process, found[0] if found else line


async def test_the_command_serves_until_it_is_stopped(tmp_path: Path) -> None:
    process, url = await _start("--journal", str(tmp_path))
    async with httpx.AsyncClient(base_url=url, verify=False) as http:
        made = (await http.post("/sandbox/bots", json={"username": "a_bot"})).json()
        assert (await http.get(f"/bot{made['token']}/getMe")).json()["ok"] is True
        async with http.stream("GET", "/sandbox/events") as watching:
            lines = watching.aiter_lines()
            assert await anext(lines) == "retry: 1000"
            process.send_signal(signal.SIGINT)
            assert [line async for line in lines if line] == []
    _, errors = await process.communicate()
    assert (process.returncode, errors) == (0, b"")


async def test_a_journal_in_use_is_told(tmp_path: Path) -> None:
    async with on_stage(tmp_path):
        process, _ = await _start("--journal", str(tmp_path))
        _, errors = await process.communicate()
    assert process.returncode == 1
    assert b"in use by another sandbox" in errors


async def test_a_taken_port_is_told() -> None:
    async with on_stage(empty=True) as stage:
        port = int(stage.running.url.rsplit(":", 1)[1])
        with pytest.raises(OSError, match=os.strerror(98)):
            async with sandbox.serve(port=port):
                pass


async def test_the_end_lets_every_stream_go() -> None:
    async with on_stage() as stage:
        stream = stage.http.stream("GET", "/sandbox/events")
        answer = await stream.__aenter__()
        lines = answer.aiter_lines()
        assert await anext(lines) == "retry: 1000"
        stage.running.sandbox.let_go()
        assert [line async for line in lines if line] == []
        await stream.__aexit__(None, None, None)


async def test_a_connection_is_kept_longer_than_by_any_client_of_ours() -> None:
    """What goes out on a connection that the platform is closing has no answer."""
    ours = (telegram_request.KEEP_SECONDS, httpx.Limits().keepalive_expiry or 0)
    assert max(ours) < KEEP_SECONDS


async def test_a_connection_on_which_nothing_is_asked_ends_after_that_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys.modules["sandbox.serve"], "KEEP_SECONDS", 0)
    async with on_stage(empty=True) as stage:
        host, port = stage.running.url.removeprefix("http://").rsplit(":", 1)
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        async with asyncio.timeout(2):  # where it is not that time, it is 5 s
            assert (await reader.read()).startswith(b"HTTP/1.1 200")
        writer.close()
        await writer.wait_closed()
