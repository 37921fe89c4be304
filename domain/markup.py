"""Texts as HTML of b, i, u, code and a: their visible length, division, and plain form.

Lengths are UTF-16 units of what people see, the count that messengers use
(https://core.telegram.org/bots/api#formatting-options).
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from html import escape, unescape
from itertools import groupby

from domain.text import split_message

_TAG = re.compile(r"<(/?)(b|i|u|code|a)(\s[^<>]*)?>")
_BOLD, _CODE = re.compile(r"\*\*(.+?)\*\*"), re.compile(r"`([^`\n]+)`")
_ITEM = re.compile(r"^[-*] +", re.MULTILINE)
_HREF = re.compile(r'href="([^"]*)"')


@dataclass(frozen=True, slots=True)
class _Run:
    """Visible text under the same tags, which are written out, the outermost first."""

    text: str
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Span:
    """Where a text is under a tag; in UTF-16 units."""

    tag: str
    start: int
    length: int


def units(text: str) -> int:
    """The length of a plain text in UTF-16 units."""
    return len(text) + sum(sign > "\uffff" for sign in text)


def length(html: str) -> int:
    """The visible length of a text in UTF-16 units."""
    return units("".join(run.text for run in _read(html)))


def linked(text: str, address: str) -> str:
    """A link as "text (address)"; text alone where it has no address, or is it."""
    return text if address in ("", text) else f"{text} ({address})"


def plain(html: str, shown: Callable[[str, str], str] = linked) -> str:
    """The text without markup; `shown` says how a text with an address stands in it."""
    runs = groupby(_read(html), key=_address)
    return "".join(shown("".join(run.text for run in under), address) for address, under in runs)


def unlinked(html: str, shown: Callable[[str, str], str] = linked) -> str:
    """The text with its links written out, as `plain` does, and its other tags as they were."""
    runs = list[_Run]()
    for address, group in groupby(_read(html), key=_address):
        under = list(group)
        if address:
            tags = tuple(tag for tag in under[0].tags if _name(tag) != "a")
            under = [_Run(shown("".join(run.text for run in under), address), tags)]
        runs += under
    return _written(runs)


def styled(html: str) -> tuple[str, list[Span]]:
    """The text without markup, and where it was under which tag."""
    text, at, spans = "", 0, list[Span]()
    for run in _read(html):
        length = units(run.text)
        spans += (Span(_name(tag), at, length) for tag in dict.fromkeys(run.tags))
        text, at = text + run.text, at + length
    return text, spans


def split(html: str, limit: int) -> list[str]:
    """The text as messages of at most `limit` visible units, each well-formed by itself.

    Cut as `domain.text.split_message` cuts; a tag that is open at a cut is closed there and opened
    again. Blank text gives no message. Raises ValueError for a limit below 2.
    """
    runs = list(_read(html))
    seen = "".join(run.text for run in runs)
    parts, at = [], 0
    for part in split_message(seen, limit):
        start = seen.index(part, at)  # only white space lies between two parts
        at = start + len(part)
        parts.append(_written(_slice(runs, start, at)))
    return parts


def from_markdown(text: str) -> str:
    """Markdown as HTML: **bold**, `code` and lists of "- "; all else is text."""
    listed = _ITEM.sub("• ", escape(text, quote=False))
    return _BOLD.sub(r"<b>\1</b>", _CODE.sub(r"<code>\1</code>", listed))


def _read(html: str) -> Iterator[_Run]:
    """The runs of a text. A sign that is no tag of ours is text."""
    at, tags = 0, list[str]()
    for tag in _TAG.finditer(html):
        if tag.start() > at:
            yield _Run(unescape(html[at : tag.start()]), tuple(tags))
        at = tag.end()
        if not tag[1]:
            tags.append(tag[0])
        elif tag[2] in map(_name, tags):
            del tags[max(i for i, each in enumerate(tags) if _name(each) == tag[2])]
    if at < len(html):
        yield _Run(unescape(html[at:]), tuple(tags))


def _slice(runs: Iterable[_Run], start: int, end: int) -> Iterator[_Run]:
    """The runs of the visible signs from `start` to before `end`."""
    at = 0
    for run in runs:
        text = run.text[max(start - at, 0) : max(end - at, 0)]
        if text:
            yield replace(run, text=text)
        at += len(run.text)


def _written(runs: Iterable[_Run]) -> str:
    written, open_tags = "", tuple[str, ...]()
    for run in runs:
        written += _change(open_tags, run.tags) + escape(run.text, quote=False)
        open_tags = run.tags
    return written + _change(open_tags, ())


def _change(before: tuple[str, ...], after: tuple[str, ...]) -> str:
    """What leads from the tags of one run to those of the next."""
    same = 0
    while same < min(len(before), len(after)) and before[same] == after[same]:
        same += 1
    closed = (f"</{_name(tag)}>" for tag in reversed(before[same:]))
    return "".join((*closed, *after[same:]))


def _name(tag: str) -> str:
    return tag.strip("<>").split()[0]


def _address(run: _Run) -> str:
    """Where a run links to; empty for one that is no link."""
    found = [_HREF.search(tag) for tag in run.tags if _name(tag) == "a"]
    return unescape(found[-1][1]) if found and found[-1] else ""
