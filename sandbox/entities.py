"""What a messenger sees in plain text by itself: commands, mentions, links. Offsets in UTF-16."""

import re
from collections.abc import Iterable

from sandbox.facts import Entity

_TOP_LEVEL = "vn|com|net|org|edu|gov|info|io|me|app|dev|asia"
_PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("url", re.compile(r"https?://[^\s<>\"]*[^\s<>\".,;:!?)\]}]", re.IGNORECASE)),
    ("email", re.compile(r"\b[\w.+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+\b")),
    (
        "url",
        re.compile(
            rf"(?<![\w@./-])(?:[A-Za-z0-9-]+\.)+(?:{_TOP_LEVEL})\b"
            r"(?:/[^\s<>\"]*[^\s<>\".,;:!?)\]}])?",
            re.IGNORECASE,
        ),
    ),
    ("bot_command", re.compile(r"(?<![\w/<>])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?!\w)")),
    ("mention", re.compile(r"(?<!\w)@[A-Za-z0-9_]{4,32}(?!\w)")),
    ("hashtag", re.compile(r"(?<!\w)#\w*[^\W\d]\w*")),
    ("phone_number", re.compile(r"(?<!\w)\+\d{9,14}(?!\w)")),
)


def utf16(text: str) -> int:
    """The length of a text in UTF-16 code units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def part(text: str, entity: Entity) -> str:
    """The stretch of a text that an entity covers."""
    units = text.encode("utf-16-le")
    return units[2 * entity.offset : 2 * (entity.offset + entity.length)].decode("utf-16-le")


def detect(text: str) -> tuple[Entity, ...]:
    """The entities of plain text, by offset, none over another."""
    found: list[tuple[int, int, str]] = []
    for kind, pattern in _PATTERNS:
        for match in pattern.finditer(text):
            start, end = match.span()
            if all(end <= other or start >= until for other, until, _ in found):
                found.append((start, end, kind))
    return tuple(
        Entity(kind, utf16(text[:start]), utf16(text[start:end]))
        for start, end, kind in sorted(found)
    )


def joined(given: Iterable[Entity], text: str) -> tuple[Entity, ...]:
    """The given entities with those of the plain text around them, in Telegram's order."""
    given = tuple(given)
    closed = [entity for entity in given if entity.type in ("code", "pre", "text_link")]
    free = (
        entity for entity in detect(text) if not any(_overlap(entity, other) for other in closed)
    )
    return tuple(sorted((*given, *free), key=lambda entity: (entity.offset, -entity.length)))


def _overlap(one: Entity, other: Entity) -> bool:
    return one.offset < other.offset + other.length and other.offset < one.offset + one.length


def trimmed(text: str, entities: Iterable[Entity]) -> tuple[str, tuple[Entity, ...]]:
    """Without white space at both ends, as messengers send it; entities move along."""
    start = utf16(text[: len(text) - len(text.lstrip())])
    text = text.strip()
    end = utf16(text)
    kept = []
    for entity in entities:
        first = max(entity.offset - start, 0)
        last = min(entity.offset + entity.length - start, end)
        if last > first:
            kept.append(_moved(entity, first, last - first))
    return text, tuple(kept)


def _moved(entity: Entity, offset: int, length: int) -> Entity:
    return Entity(
        entity.type, offset, length, entity.url, entity.language, entity.user, entity.emoji
    )
