"""The house stands: a room imports only from its own floor and from floors below."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FLOORS = ("domain", "storage", "scheduler", "bot", "web", "loa")
SANDBOX = "sandbox"
OUTSIDE = ("tests", "benchmarks")
"""They may import everything, and nothing of the house imports them."""

PURE = """
    __future__ abc bisect calendar collections contextlib copy dataclasses datetime decimal difflib
    enum fractions functools graphlib hashlib heapq html itertools json math operator re statistics
    string textwrap types typing unicodedata zoneinfo
    markupsafe numpy scipy
"""
"""All that `domain` may import from elsewhere: what reads no file, no clock, no chance, no wire."""


def rooms_open_to(room: str) -> set[str]:
    """The rooms from which a room may import."""
    if room == SANDBOX:
        return {SANDBOX}
    below = set(FLOORS[: FLOORS.index(room) + 1])
    return below | {SANDBOX} if room == FLOORS[-1] else below


def imported(source: str, path: Path) -> Iterator[tuple[int, str]]:
    """The line and the full name of every module that a source imports."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            package = path.parts[: -node.level] if node.level else ()
            yield node.lineno, ".".join([*package, *filter(None, [node.module])])


def breaches(source: str, path: Path) -> list[str]:
    """What a source, by its path from the root, imports and may not: one sentence for each."""
    room = path.parts[0]
    closed = {*FLOORS, SANDBOX, *OUTSIDE} - rooms_open_to(room)
    found = []
    for line, module in imported(source, path):
        top = module.partition(".")[0]
        if top in closed:
            found.append(f"{path}:{line} imports {module}: {room} stands below {top} or apart")
        elif room == "domain" and top not in {room, *PURE.split()}:
            found.append(f"{path}:{line} imports {module}: domain is pure")
    return found


@pytest.mark.parametrize("room", [*FLOORS, SANDBOX])
def test_a_room_imports_from_no_floor_above(room: str) -> None:
    paths = sorted((ROOT / room).rglob("*.py"))
    assert paths
    found = [
        breach
        for path in paths
        for breach in breaches(path.read_text(encoding="utf-8"), path.relative_to(ROOT))
    ]
    assert not found, "\n" + "\n".join(found)


@pytest.mark.parametrize(
    ("path", "source", "told"),
    [
        ("domain/units.py", "import storage", "domain/units.py:1 imports storage"),
        ("storage/chats.py", "\nfrom bot.engine import x", "storage/chats.py:2 imports bot.engine"),
        ("bot/channels/zalo.py", "from web import app", "bot/channels/zalo.py:1 imports web"),
        ("web/app.py", "def f():\n import loa.cli", "web/app.py:2 imports loa.cli"),
        ("bot/engine.py", "from sandbox import world", "bot/engine.py:1 imports sandbox"),
        ("sandbox/world.py", "import domain.text as t", "sandbox/world.py:1 imports domain.text"),
        ("loa/cli.py", "from tests.conftest import Clock", "loa/cli.py:1 imports tests.conftest"),
        ("domain/text.py", "import os, re", "domain/text.py:1 imports os: domain is pure"),
        ("domain/text.py", "import time", "domain/text.py:1 imports time: domain is pure"),
        ("domain/text.py", "from sqlalchemy import x", "domain/text.py:1 imports sqlalchemy"),
    ],
)
def test_a_breach_is_told_by_file_line_and_import(path: str, source: str, told: str) -> None:
    found = breaches(source, Path(path))
    assert len(found) == 1
    assert found[0].startswith(told)


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("domain/units.py", "from domain.text import fold\nfrom collections.abc import Set"),
        ("bot/handlers/join.py", "from . import say\nfrom ..engine import x\nimport telegram"),
        ("loa/demo.py", "import sandbox.world, web.app, domain"),
    ],
)
def test_what_is_open_is_no_breach(path: str, source: str) -> None:
    assert breaches(source, Path(path)) == []


def test_a_relative_import_is_read_from_its_place() -> None:
    source = "from ..engine import x"
    assert list(imported(source, Path("bot/handlers/join.py"))) == [(1, "bot.engine")]
