"""Lines of the audit trail as people look for them and read them."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import Connection

from bot.house import House
from domain.audit import Act
from domain.text import fold
from storage import audit
from storage.audit import Line, Search

SHOWN = 10
"""Lines in a message."""


def search(
    c: Connection,
    house: House,
    text: str,
    day: date,
    tops: Collection[int] = (),
    before: int | None = None,
) -> Search | None:
    """The search for what people write: a name, or what was done; None when it fits neither."""
    every, wanted = Search(tops, before=before), fold(text)
    if not wanted:
        return every
    acts = [act for act in Act if wanted in fold(house.words(f"act.{act}"))]
    named = audit.names(c, Search(tops), day)
    people = [number for number, name in named.items() if wanted in fold(name)]
    return replace(every, acts=acts, people=people) if acts or people else None


def act_of(line: Line) -> str:
    """The act as the words call it; a newer Loa on the same database may have noted others."""
    return line.act if line.act in set(Act) else "newer"


def shown(line: Line) -> Mapping[str, Any]:
    """What a line says, by the name that the words call it."""
    what, _, key = line.subject.partition(":")
    return {
        "at": line.at,
        "who": line.who,
        "act": act_of(line),
        "number": key if key.isdecimal() and what != "person" else "",
        "role": key if line.act in (Act.INVITED, Act.ROLE_GIVEN) else "",
        "unit": line.unit or "",
        "other": line.other or "",
        "by_command": bool(line.operator),
        "group": line.chat_title if line.chat_kind == "group" else "",
        "detail": line.detail,
    }
