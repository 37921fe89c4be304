"""A token that the messenger refuses when Loa starts, and takes some minutes later."""

from pathlib import Path

import pytest

from bot.house import House
from bot.receive import Pause, Trouble
from loa.account import REFUSED_SECONDS
from tests.e2e.people import BOT, Clock
from tests.e2e.running import Loa, sandbox_people, settings_for, the_province_joins


async def test_a_refused_token_is_tried_again_and_whoever_looks_after_it_is_told(
    url: str, house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock()
    pauses: list[float] = []
    async with sandbox_people(clock) as (messenger, people):
        loa = Loa(settings_for(url, tmp_path, messenger), house, clock)
        await people.arrive({"tinh": "Quản Trị"}, {})
        await loa.import_all()
        async with loa.running():
            await the_province_joins(people, loa)

        async def mend(seconds: float) -> None:
            pauses.append(seconds)
            await people.http.delete("/sandbox/faults")

        def trouble(account: str, pause: Pause) -> Trouble:
            return Trouble(account, mend)

        monkeypatch.setattr("loa.account.Trouble", trouble)
        await people.http.post("/sandbox/faults", json={"kind": "revoked", "bot": BOT})
        async with loa.running():
            await people.hear("tinh", "sandbox gửi được trở lại")
    assert pauses == [REFUSED_SECONDS]
