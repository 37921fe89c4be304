"""Eight processes that need the next token at once, against the sandbox."""

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from datetime import UTC, datetime, timedelta
from pathlib import Path

from storage import tokens
from storage.seal import Seal
from storage.store import Store
from storage.tokens import Pair
from tests.bot.channels.zalo_oa_stage import make_account
from tests.sandbox.stage import Stage

ROOT = Path(__file__).parents[3]
SECRET = "a long secret"
RACERS = 8


async def start(url: str, oauth_url: str, app_id: str, app_secret: str) -> Process:
    """A process that is ready to ask."""
    line = ("-m", "tests.bot.channels.racing", url, oauth_url, app_id, app_secret, SECRET)
    process = await asyncio.create_subprocess_exec(
        sys.executable, *line, stdin=PIPE, stdout=PIPE, cwd=ROOT
    )
    assert process.stdout
    assert await process.stdout.readline() == b"ready\n"
    return process


async def test_a_race_of_eight_processes_spends_the_refresh_token_once(
    stage: Stage, store: Store, url: str
) -> None:
    await make_account(stage)
    given = await stage.act("zalo_oa/tokens", bot="loa_oa")
    console = await stage.act("zalo_oa", bot="loa_oa")
    now = datetime.now(UTC)
    pair = Pair(given["access_token"], given["refresh_token"], now + timedelta(minutes=30))
    await store.write(tokens.keep, Seal(SECRET), "zalo-oa", pair, now)
    how = (url, stage.running.zalo_oauth, console["app_id"], console["app_secret"])
    racers = await asyncio.gather(*(start(*how) for _ in range(RACERS)))
    ends = await asyncio.gather(*(racer.communicate(b"go\n") for racer in racers))
    assert [racer.returncode for racer in racers] == [0] * RACERS
    got = {out for out, _ in ends}
    assert len(got) == 1
    assert got != {f"{pair.access}\n".encode()}
    after = await stage.act("zalo_oa", bot="loa_oa")
    assert (after["access_tokens"], after["refresh_tokens"]) == (2, 1)
