"""What works on which messenger, as a page of the documentation: docs/channels.md.

`python -m tests.matrix` plays every conversation on every surface that it is for, and writes the
page; a test checks that the page is that of the conversations as they are now.
"""

import asyncio
import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bot.yaml_file import YamlFile
from domain.channel import Capabilities
from storage.migrate import upgrade
from storage.store import opened_store
from tests.messenger import SURFACES, surfaces_of
from tests.player import perform
from tests.stage import make_house
from tests.world import WORLD, ZONE

log = logging.getLogger(__name__)

PAGE = Path(__file__).parents[1] / "docs" / "channels.md"
NOW = datetime(2026, 11, 20, 9, tzinfo=ZONE)
YES, NO, BROKEN = "✓", "—", "✗"
NAMES = {
    "telegram": "Telegram",
    "zalo_oa": "Zalo OA and its groups (GMF)",
    "zalo_bot": "Zalo Bot Platform",
    "bare": "Nothing but words",
}


@dataclass(frozen=True)
class Conversation:
    """A conversation of a file."""

    file: str
    row: dict[str, Any]


def conversations() -> Iterator[Conversation]:
    for path in sorted(WORLD.parent.glob("*.yaml")):
        if path != WORLD:
            for row in YamlFile.read(path).data:
                yield Conversation(path.stem, row)


async def play(conversation: Conversation, surface: str) -> None:
    """Play a conversation on a database of its own; raises AssertionError where it goes wrong."""
    with TemporaryDirectory() as folder:
        async with opened_store(f"sqlite:///{folder}/loa.sqlite3") as store:
            await store.write(upgrade)
            await perform(store, make_house(), conversation.row, surface, NOW, Path(folder))


Marks = Mapping[tuple[str, str, str], str]
"""How each conversation of a file went on a surface."""


def wanted() -> dict[tuple[str, str, str], str]:
    """The marks when everything works."""
    return {
        (each.file, each.row["name"], surface): YES if surface in surfaces_of(each.row) else NO
        for each in conversations()
        for surface in SURFACES
    }


async def played() -> dict[tuple[str, str, str], str]:
    """The marks by playing everything."""
    marks = wanted()
    for each in conversations():
        for surface in surfaces_of(each.row):
            try:
                await play(each, surface)
            except AssertionError as wrong:
                marks[each.file, each.row["name"], surface] = BROKEN
                log.error("%s: %s, %s\n%s", each.file, each.row["name"], surface, wrong)
    return marks


def _days(can: Capabilities) -> str:
    return f"{can.reply_window.days} days" if can.reply_window else "always"


def _files(can: Capabilities) -> str:
    if not can.files_out:
        return "as a link"
    kinds = ", ".join(sorted(can.file_kinds)) or "any"
    return f"{kinds}, up to {can.max_file_out // 2**20} MB; others as a link"


def _takes(can: Capabilities) -> str:
    if not can.files_in:
        return "text"
    return "text, photos and files" if can.documents_in else "text and photos"


def _photos(can: Capabilities) -> str:
    if can.photo_by_link:
        return "by a link that the platform fetches"
    return f"up to {can.max_photo_out // 2**20} MB" if can.files_out else "as a link"


def _buttons(can: Capabilities) -> str:
    few = f", up to {can.max_buttons}" if can.max_buttons < 100 else ""
    return f"yes{few}" if can.buttons else "as words"


def _yes(holds: bool) -> str:
    return "yes" if holds else "no"


ABILITIES: Mapping[str, Callable[[Capabilities], str]] = {
    "Buttons in private": _buttons,
    "Buttons in groups": lambda can: "yes" if can.group_buttons else "as words",
    "A message that was sent can be changed": lambda can: _yes(can.edits),
    "Takes from people": _takes,
    "Sends documents": _files,
    "Sends photos": _photos,
    "Photos together as an album": lambda can: _yes(can.albums),
    "Calls a member of a group by name": lambda can: _yes(can.mentions),
    "Hears in groups": lambda can: "everything" if can.hears_all else "what is said to it",
    "A link opens the bot with a code": lambda can: _yes(can.deep_links),
    "How long somebody who wrote can be written to": _days,
    "Answers are gathered into one message": lambda can: _yes(can.gathers),
}


def _table(first: str, rows: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    yield f"| {first} | " + " | ".join(NAMES[surface] for surface in SURFACES) + " |"
    yield "|---" * (len(SURFACES) + 1) + "|"
    for name, cells in rows.items():
        yield f"| {name} | " + " | ".join(cells[surface] for surface in SURFACES) + " |"


INTRODUCTION = f"""# What works on which messenger

Made by `python -m tests.matrix`, which plays every conversation of `tests/bot/conversations/` on
every messenger in memory; a test fails when this page is not up to date. Nothing here was run
against Zalo itself: what its two platforms can do is what their documentation and the users of
their interfaces say (docs/going-live.md). {YES} works, {NO} is not for that messenger: it has
nothing of the kind, or another conversation shows how the same is done there.

## What the messengers can do
"""


def render(marks: Marks) -> str:
    """The page."""
    lines = [INTRODUCTION]
    abilities = {
        name: {surface: tell(can) for surface, can in SURFACES.items()}
        for name, tell in ABILITIES.items()
    }
    lines += [*_table("", abilities), "", "## What people do there"]
    files: dict[str, dict[str, dict[str, str]]] = {}
    for (file, name, surface), mark in marks.items():
        files.setdefault(file, {}).setdefault(name, {})[surface] = mark
    for file, rows in files.items():
        lines += ["", f"### {file.capitalize()}", "", *_table("Conversation", rows)]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    PAGE.write_text(render(asyncio.run(played())), "utf-8")
