"""What is kept of one person, as they get it: a count of each kind, and all of it as a file."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Any

from sqlalchemy import Connection

from bot.house import House
from domain.message import FileKind
from scheduler.errands import Making
from storage import personal
from storage.errands import Subject
from storage.personal import Rows

FILE = "du-lieu-cua-toi.json"
JSON = "application/json"


def subject(person_id: int) -> Subject:
    """What an errand on somebody's data keeps."""
    return {"person": person_id}


def counts(house: House, kept: Mapping[str, Rows]) -> Sequence[tuple[str, int]]:
    """What is kept, in words, and how much of it."""
    return [(house.words(f"personal.{name}"), len(rows)) for name, rows in kept.items()]


def making(c: Connection, house: House, about: Subject, now: datetime) -> Making:
    """The file with every row, for the person alone."""
    person_id = int(about["person"])
    kept = personal.kept(c, person_id)
    body = {
        "made_at": now,
        "kept": {
            name: {"what": house.words(f"personal.{name}"), "rows": rows}
            for name, rows in kept.items()
        },
    }
    text = house.words("privacy.file", at=now)
    make = partial(_json, body)
    return Making(FILE, JSON, FileKind.DOCUMENT, text, make, person_id)


def _json(body: Mapping[str, Any]) -> bytes:
    return json.dumps(body, ensure_ascii=False, indent=1, default=_plain).encode()


def _plain(value: object) -> str:
    match value:
        case date():
            return value.isoformat()
        case Decimal():
            return str(value)
    raise TypeError(type(value).__name__)
