"""The text of a message with its looks: from `text_styles`, or from parse_mode.

Markdown here is the platform's subset; it has no links and no way to escape a sign.
"""

import re

from sandbox.bot_api.call import Call
from sandbox.bot_api.errors import bad_request
from sandbox.entities import joined, utf16
from sandbox.facts import Entity
from sandbox.telegram import html

Formatted = tuple[str, tuple[Entity, ...]]

MAX_TEXT = 2000
_STYLES = {"b": "bold", "i": "italic", "u": "underline", "s": "strikethrough"}
_MARKS: tuple[tuple[re.Pattern[str], tuple[str, ...]], ...] = (
    (re.compile(r"\*\*\*(.+?)\*\*\*"), ("bold", "italic")),
    (re.compile(r"\*\*(.+?)\*\*"), ("bold",)),
    (re.compile(r"\*(.+?)\*"), ("italic",)),
    (re.compile(r"~~(.+?)~~"), ("strikethrough",)),
    (re.compile(r"`([^`\n]+)`"), ("code",)),
    (re.compile(r"\{underline\}(.+?)\{/\}"), ("underline",)),
    (re.compile(r"\{(?:red|orange|yellow|green|big)\}(.+?)\{/\}"), ("bold",)),
)


def message_text(call: Call) -> Formatted:
    """The `text` of a call, 1 to 2,000 UTF-16 units as it comes. Raises ApiError 400."""
    source, mode = call.text("text"), call.text("parse_mode")
    check(source, "text")
    if not source.strip():
        raise bad_request("text is empty")
    match mode:
        case "markdown":
            text, entities = markdown(source)
        case "html":
            text, entities = html.parse(source)
        case "":
            text, entities = source, _styles(call.json("text_styles"))
        case _:
            raise bad_request("parse_mode is wrong")
    return text, joined(entities, text)


def check(text: str, name: str) -> None:
    """Raises ApiError 400 for a text that is too long; what the platform says is not known."""
    if utf16(text) > MAX_TEXT:
        raise bad_request(f"{name} is longer than {MAX_TEXT} characters")


def _styles(given: object) -> tuple[Entity, ...]:
    """Entities of `text_styles`; colours, sizes and lists are not shown."""
    found = list[Entity]()
    for each in given if isinstance(given, list) else ():
        match each:
            case {"start": int(start), "len": int(length), "st": list(styles)}:
                kinds = (_STYLES[style] for style in styles if style in _STYLES)
                found += (Entity(kind, start, length) for kind in kinds)
            case _:
                raise bad_request("text_styles is wrong")
    return tuple(found)


def markdown(source: str) -> Formatted:
    """The text without its marks, one kind of mark after another."""
    text, entities = source, list[Entity]()
    for pattern, kinds in _MARKS:
        while match := pattern.search(text):
            start, end = match.span()
            before = utf16(text[start : match.start(1)])
            after = utf16(text[match.end(1) : end])
            at, last = utf16(text[:start]), utf16(text[: match.end(1)])
            entities = [_moved(each, at, before, last, after) for each in entities]
            entities += (Entity(kind, at, utf16(match[1])) for kind in kinds)
            text = text[:start] + match[1] + text[end:]
    return text, tuple(entities)


def _moved(entity: Entity, at: int, before: int, last: int, after: int) -> Entity:
    """Where an entity lies when `before` units at `at` and `after` units at `last` are gone."""

    def place(offset: int) -> int:
        return offset - (before if offset > at else 0) - (after if offset > last else 0)

    start, end = place(entity.offset), place(entity.offset + entity.length)
    return Entity(entity.type, start, end - start)
