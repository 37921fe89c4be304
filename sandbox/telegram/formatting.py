"""The text of a message or caption, from parse_mode or from entities given."""

from collections.abc import Callable
from functools import lru_cache

from sandbox.acts import MAX_CAPTION, MAX_TEXT
from sandbox.bot_api.call import Call
from sandbox.bot_api.errors import bad_request
from sandbox.entities import joined, trimmed, utf16
from sandbox.facts import Entity
from sandbox.telegram import html, markdown

Formatted = tuple[str, tuple[Entity, ...]]

_MODES: dict[str, Callable[[str], Formatted]] = {
    "html": html.parse,
    "markdownv2": markdown.parse,
}
_FOUND_BY_ITSELF = frozenset(
    {
        "mention",
        "hashtag",
        "cashtag",
        "bot_command",
        "url",
        "email",
        "phone_number",
        "bank_card_number",
    }
)


def message_text(call: Call) -> Formatted:
    """The `text` of a call, 1 to 4096 characters after its entities are read."""
    if not (source := call.text("text")):
        raise bad_request("message text is empty")
    text, entities = formatted(source, call.text("parse_mode"), call.json("entities"))
    if not text:
        raise bad_request("text must be non-empty")
    if utf16(text) > MAX_TEXT:
        raise bad_request("message is too long")
    return text, entities


def caption(call: Call) -> Formatted:
    return read_caption(
        call.text("caption"), call.text("parse_mode"), call.json("caption_entities")
    )


def read_caption(source: str, parse_mode: str, given: object) -> Formatted:
    text, entities = formatted(source, parse_mode, given)
    if utf16(text) > MAX_CAPTION:
        raise bad_request("message caption is too long")
    return text, entities


def formatted(source: str, parse_mode: str, given: object) -> Formatted:
    mode = parse_mode.lower()
    entities = _entities(given) if mode in ("", "none") else ()
    return _parsed(source, mode, entities)


@lru_cache(maxsize=256)  # a broadcast says the same to everybody
def _parsed(source: str, mode: str, entities: tuple[Entity, ...]) -> Formatted:
    text = source
    if parser := _MODES.get(mode):
        text, entities = parser(source)
    elif mode == "markdown":
        raise bad_request("the sandbox does not read the legacy Markdown mode, use MarkdownV2")
    elif mode not in ("", "none"):
        raise bad_request("unsupported parse_mode")
    text, entities = trimmed(text, entities)
    return text, joined(entities, text)


def _entities(given: object) -> tuple[Entity, ...]:
    if not isinstance(given, list):
        return ()
    if not all(isinstance(raw, dict) and raw.get("type") for raw in given):
        raise bad_request("can't parse MessageEntity: expected an Object with a type")
    return tuple(_entity(raw) for raw in given if raw["type"] not in _FOUND_BY_ITSELF)


def _entity(raw: dict[str, object]) -> Entity:
    offset, length = raw.get("offset"), raw.get("length")
    if not isinstance(offset, int) or not isinstance(length, int):
        raise bad_request('can\'t parse MessageEntity: field "offset" must be of type Number')
    user = raw.get("user")
    return Entity(
        str(raw["type"]),
        offset,
        length,
        str(raw.get("url", "")),
        str(raw.get("language", "")),
        int(user["id"]) if isinstance(user, dict) else 0,
        str(raw.get("custom_emoji_id", "")),
    )
