"""Plays every conversation of `conversations/*.yaml` on every surface and engine."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.house import House
from storage.store import Store
from tests.stage import SURFACES, WORLD, Player, Stage, make_house, surfaces_of


def conversations() -> list[Any]:
    found = []
    for path in sorted(Path(WORLD.parent).glob("*.yaml")):
        if path != WORLD:
            for row in yaml.safe_load(path.read_text("utf-8")):
                for surface in surfaces_of(row):
                    name = f"{path.stem}: {row['name']}, {surface}"
                    found.append(pytest.param(surface, row, id=name))
    return found


@pytest.fixture(scope="session")
def house() -> House:
    return make_house()


@pytest.mark.parametrize(("surface", "conversation"), conversations())
async def test_conversation(
    store: Store,
    house: House,
    now: datetime,
    tmp_path: Path,
    surface: str,
    conversation: dict[str, Any],
) -> None:
    limits = replace(house.limits, **conversation.get("limits", {}))
    house = replace(house, limits=limits, quotas=conversation.get("quotas", {}))
    stage = await Stage.open(store, house, SURFACES[surface], now, tmp_path)
    await Player(stage).play(conversation["steps"])
