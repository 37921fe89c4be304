"""Whatever somebody writes into an open dialogue: it is answered, and nothing breaks."""

import asyncio
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import strategies as st

from bot.faq import open_faq
from domain.text import clean
from storage.store import open_store
from tests.conftest import Databases
from tests.fuzz.spoiling import worded
from tests.fuzz.trying import TRIED, broken, tried
from tests.matrix import conversations
from tests.messenger import SURFACES, surfaces_of
from tests.player import Player, flat
from tests.stage import Stage, make_house

HOUSE = make_house()
CONVERSATIONS = [each.row for each in conversations() if not {"limits", "quotas"} & set(each.row)]
SAID = sorted(
    {str(step["says"]) for row in CONVERSATIONS for step in flat(row["steps"]) if "says" in step}
)
TEXTS = 6


@tried(slow=20, data=st.data())
def test_any_text_in_an_open_dialogue_is_answered(
    data: st.DataObject,
    databases: Databases,
    runner: asyncio.Runner,
    now: datetime,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    row = data.draw(st.sampled_from(CONVERSATIONS))
    surface = data.draw(st.sampled_from(surfaces_of(row)))
    steps = list(flat(row["steps"]))
    known = steps[: data.draw(st.integers(1, len(steps)))]
    texts = data.draw(st.lists(worded(SAID), min_size=TEXTS, max_size=TEXTS))
    TRIED["test_any_text_in_an_open_dialogue_is_answered"] += TEXTS - 1
    runner.run(talk(databases, row | {"steps": known}, surface, texts, now, tmp_path))
    assert broken(caplog) == []


async def talk(
    databases: Databases,
    row: dict[str, Any],
    surface: str,
    texts: list[str],
    now: datetime,
    folder: Path,
) -> None:
    """Play the beginning of a conversation, and go on in it with these texts."""
    url = await databases.lend()
    store = await open_store(url)
    try:
        # Of its own: what was taught in one database must not be known in the next.
        house = replace(HOUSE, faq=open_faq())
        stage = await Stage.open(store, house, SURFACES[surface], now, folder)
        stage.reports = row.get("reports", True)
        await Player(stage).play(row["steps"])
        last = next((step for step in reversed(row["steps"]) if "as" in step), {"as": "lan"})
        for text in texts:
            # As every channel hands it over: cleaned.
            said = stage.message(last["as"], last.get("in", last["as"]), text=clean(text))
            posts = await stage.take(said)
            assert posts or said.chat.id != last["as"] or not said.text, text
    finally:
        await store.close()
        await databases.take_back(url)
