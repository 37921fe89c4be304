"""Plays every conversation of `conversations/*.yaml` on surfaces and engines.

Every day each is played on two of its surfaces on SQLite and on one on PostgreSQL, all of them in
turn; `make prove` sets LOA_EVERY_SURFACE and plays each on all, on both engines.
"""

import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from bot.house import House
from storage.store import Store
from tests.matrix import conversations
from tests.stage import SURFACES, Player, Stage, make_house, surfaces_of

EVERY = "LOA_EVERY_SURFACE" in os.environ


def plays() -> Iterator[Any]:
    """Which conversation is played on which engine and surface."""
    for number, each in enumerate(conversations()):
        row, surfaces = each.row, surfaces_of(each.row)
        for engine, count in (("sqlite", 2), ("postgres", 1)):
            for surface in surfaces if EVERY else in_turn(surfaces, number, count):
                name = f"{each.file}: {row['name']}, {surface}, {engine}"
                yield pytest.param(engine, surface, row, id=name)


def in_turn(surfaces: Sequence[str], number: int, count: int) -> Sequence[str]:
    """So many of the surfaces, others for the next number."""
    first = number % len(surfaces)
    return [*surfaces[first:], *surfaces[:first]][:count]


@pytest.fixture(scope="session")
def house() -> House:
    return make_house()


@pytest.mark.parametrize(
    ("databases", "surface", "conversation"), list(plays()), indirect=["databases"], scope="session"
)
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
    stage.reports = conversation.get("reports", True)
    await Player(stage).play(conversation["steps"])
