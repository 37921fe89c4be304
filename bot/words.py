"""The sentences that people read: Jinja2 templates from `bot/content/messages/*.yaml`.

A sentence is named after its file and key, as `report.question`. Values are escaped as HTML, so
that a name cannot become markup; a template sees no more than what it is given.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from html import unescape
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import DictLoader, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from bot.yaml_file import YamlFile

CONTENT = Path(__file__).parent / "content"


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence by its key, and what it needs."""

    key: str
    values: Mapping[str, Any] = field(default_factory=dict)


class Words:
    """Every sentence, ready to be filled in."""

    def __init__(self, templates: dict[str, str], zone: ZoneInfo) -> None:
        self._environment = ImmutableSandboxedEnvironment(
            loader=DictLoader(templates),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self._environment.globals.clear()
        self._environment.filters |= {
            "number": number,
            "day": day,
            "moment": lambda value: moment(value, zone),
            "answer": lambda value: self.answer(value),
            "period": lambda value: self(f"value.{value.type}", period=value),
            "term": lambda value, table: self(f"{table}.{value}"),
        }
        self.keys = frozenset(templates)

    @classmethod
    def load(cls, zone: ZoneInfo, folder: Path = CONTENT / "messages") -> "Words":
        return cls(read_templates(folder), zone)

    def answer(self, value: Decimal | str | None) -> str:
        """An answer of a report as people read it."""
        if value is None:
            return self("value.none")
        return number(value) if isinstance(value, Decimal) else value

    def __call__(self, key: str, **values: object) -> str:
        """The sentence with its values filled in, as HTML of b, i, u, code and a."""
        return self._environment.get_template(key).render(**values).strip()

    def plain(self, key: str, **values: object) -> str:
        """The same as plain text, for what is no HTML: a picture, a cell, a terminal."""
        return unescape(self(key, **values))


def read_templates(folder: Path) -> dict[str, str]:
    """The templates of a folder by `file.key`."""
    return {
        f"{path.stem}.{key}": str(text)
        for path in sorted(folder.glob("*.yaml"))
        for key, text in YamlFile.read(path).data.items()
    }


def number(value: int | Decimal) -> str:
    """A number as it is written in Vietnam: 1.234,5."""
    plain = f"{value:,f}" if isinstance(value, Decimal) else f"{value:,}"
    return plain.translate(str.maketrans(",.", ".,"))


def day(value: date) -> str:
    return value.strftime("%d/%m/%Y")


def moment(value: datetime, zone: ZoneInfo) -> str:
    return value.astimezone(zone).strftime("%H:%M %d/%m/%Y")
