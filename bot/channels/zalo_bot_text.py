"""Texts of a bot of Zalo: plain, with their looks told apart from them.

The platform's Markdown has no way to escape a sign, so what people typed could not be echoed in
it. `text_styles` says where a text is bold (offsets in UTF-16), and leaves the text alone.
"""

from typing import Any

from domain.channel import MAX_TEXT
from domain.markup import linked, plain, split, styled, unlinked
from domain.text import nfc, split_message

MENTION = "mention:"
STYLES = {"b": "b", "i": "i", "u": "u"}
"""The platform's codes of our tags."""


def to_messages(html: str) -> list[dict[str, Any]]:
    """The messages that say a text of ours, at most 2,000 UTF-16 units each."""
    return [_styled(part) for part in split(unlinked(nfc(html), _shown), MAX_TEXT)]


def to_captions(html: str) -> list[str]:
    """A text as captions, which have no looks."""
    return split_message(plain(nfc(html), _shown), MAX_TEXT)


def _shown(text: str, address: str) -> str:
    """Links as addresses; nobody can be called, so a mention is a name."""
    return text if address.startswith(MENTION) else linked(text, address)


def _styled(html: str) -> dict[str, Any]:
    text, spans = styled(html)
    styles = [
        {"start": span.start, "len": span.length, "st": [STYLES[span.tag]]}
        for span in spans
        if span.tag in STYLES
    ]
    return {"text": text} | ({"text_styles": styles} if styles else {})
