"""Plays every conversation of `conversations/*.yaml` on surfaces and engines.

Every day each is played on one of its surfaces on SQLite, all of them in turn, and every other one
on PostgreSQL too; `make prove` plays each on all, on both engines.
"""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from bot.house import House
from storage.store import Store
from tests.matrix import conversations
from tests.messenger import surfaces_of
from tests.player import perform
from tests.proving import PROVING

ENGINES = ("sqlite", "postgres")


def plays() -> Iterator[Any]:
    """Which conversation is played on which engine and surface."""
    for number, each in enumerate(conversations()):
        row, surfaces = each.row, surfaces_of(each.row)
        known = ENGINES if PROVING or number % 2 else ENGINES[:1]
        for engine, turn in zip(known, (number, number // 2), strict=False):
            one = surfaces[turn % len(surfaces)]
            for surface in surfaces if PROVING else [one]:
                name = f"{each.file}: {row['name']}, {surface}, {engine}"
                yield pytest.param(engine, surface, row, id=name)


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
    await perform(store, house, conversation, surface, now, tmp_path)
