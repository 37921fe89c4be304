"""The FAQ as a coordinator writes it, in `bot/content/faq/*.yaml`."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from bot.words import CONTENT
from domain.faq import Abbreviations, Entry


class BadFaq(Exception):
    """An FAQ file that cannot be used; the text names the file, the entry and the fault."""


def load_faq(folder: Path = CONTENT / "faq") -> Sequence[Entry]:
    """Every entry of every topic; raises BadFaq."""
    found: dict[str, Entry] = {}
    for path in sorted(folder.glob("*.yaml")):
        for entry in _read(path):
            if entry.id in found:
                raise BadFaq(f"{path.name}: a second entry named {entry.id}")
            found[entry.id] = entry
    return list(found.values())


def _read(path: Path) -> list[Entry]:
    try:
        table = yaml.safe_load(path.read_text("utf-8"))
        return [_entry(table["topic"], row) for row in table["entries"]]
    except (yaml.YAMLError, KeyError, TypeError) as error:
        raise BadFaq(f"{path.name}: {error!r}") from error


def _entry(topic: str, row: dict[str, Any]) -> Entry:
    return Entry(
        id=row["id"],
        topic=topic,
        question=row["question"].strip(),
        answer=row["answer"].strip(),
        source=row["source"].strip(),
        wordings=tuple(map(str, row["wordings"])),
        audience=tuple(row.get("audience", ())),
    )


def load_abbreviations(path: Path = CONTENT / "abbreviations.yaml") -> Abbreviations:
    """What people type short; raises ValueError for a row that cannot be."""
    return Abbreviations(yaml.safe_load(path.read_text("utf-8")))
