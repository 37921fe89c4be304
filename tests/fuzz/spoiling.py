"""Strategies that spoil what is right: texts, bytes, and trees as JSON and YAML have them."""

import json
from collections.abc import Sequence
from copy import deepcopy
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

ODD_TEXTS = (
    "",
    " ",
    "\x00",
    "\ud83d",
    "a\u0300\u0323" * 40,
    "\u202e\u200b\ufeff",
    "²³½Ⅷ٣",
    "%s{}{{x}}<b>&amp;",
    "'; DROP TABLE unit; --",
    "=HYPERLINK(1)",
    "-0",
    "1e999",
    "9" * 5000,
    "n" * 5000,
    "ĐẶNG" * 300,
)
ODD_VALUES: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    2**31,
    2**63,
    10**400,
    1.5,
    float("inf"),
    float("nan"),
    [],
    {},
    [[]],
    {"": None},
    *ODD_TEXTS,
)
ODD_BYTES = (b"", b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"[" * 3000, b'"', b"\r", b"%", b"\\ud83d")

any_text = st.one_of(
    st.sampled_from(ODD_TEXTS),
    st.text(max_size=200),
    st.text(st.characters(), max_size=60),
    st.text("0123456789 .,/-–:+nghìntriệu%hộ", max_size=30),
)
"""Every Unicode text, lone surrogates among them, and texts that have broken programs before."""
any_value = st.one_of(st.sampled_from(ODD_VALUES), any_text, st.integers(), st.floats())


@st.composite
def worded(draw: DrawFn, valid: Sequence[str]) -> str:
    """Any text, or a valid one with something of another in it."""
    if draw(st.integers(0, 3)) == 0:
        return draw(any_text)
    text = draw(st.sampled_from(valid))
    other = draw(st.one_of(any_text, st.sampled_from(valid)))
    at = draw(st.integers(0, len(text)))
    return text[:at] + other + text[at + draw(st.integers(0, 8)) :]


@st.composite
def spoilt_bytes(draw: DrawFn, valid: Sequence[bytes]) -> bytes:
    """Random bytes, or valid ones of which some are lost, doubled, swapped or turned."""
    if draw(st.integers(0, 9)) == 0:
        return draw(st.binary(max_size=400))
    data = bytearray(draw(st.sampled_from(valid)))
    for _ in range(draw(st.integers(1, 6))):
        start = draw(st.integers(0, len(data)))
        end = min(len(data), start + draw(st.integers(0, 40)))
        found = bytes(data[start:end])
        data[start:end] = draw(
            st.one_of(
                st.sampled_from(ODD_BYTES),
                st.binary(max_size=12),
                st.just(found * 2),
                st.just(bytes(each ^ 0x20 for each in found)),
            )
        )
    return bytes(data)


@st.composite
def spoilt_tree(draw: DrawFn, valid: Sequence[Any]) -> Any:
    """A valid tree with a few of its values and keys lost, odd, doubled or in another place."""
    tree = deepcopy(draw(st.sampled_from(valid)))
    for _ in range(draw(st.integers(1, 4))):
        holder, key = draw(st.sampled_from(_places(tree) or [([tree], 0)]))
        match draw(st.integers(0, 5)):
            case 0 if isinstance(holder, dict):
                del holder[key]
            case 1 if isinstance(holder, dict):
                holder[draw(any_text)] = holder[key]
            case 2:
                holder[key] = [deepcopy(holder[key])] * 2
            case 3:
                other, place = draw(st.sampled_from(_places(tree) or [(holder, key)]))
                holder[key] = deepcopy(other[place])
            case _:
                holder[key] = deepcopy(draw(any_value))  # what is drawn from is not spoilt
    return tree


def _places(tree: Any) -> list[tuple[Any, Any]]:
    """Everything that stands in a tree, as what holds it and under which key."""
    found: list[tuple[Any, Any]] = []
    waiting = [tree]
    while waiting:
        here = waiting.pop()
        keys = list(here) if isinstance(here, dict) else range(len(here))
        for key in keys:
            found.append((here, key))
            if isinstance(here[key], dict | list):
                waiting.append(here[key])
    return found


def spoilt_json(valid: Sequence[Any]) -> SearchStrategy[bytes]:
    """The JSON of a spoilt tree, at times with its bytes spoilt too."""
    written = [json.dumps(each, ensure_ascii=False).encode() for each in valid]
    trees = spoilt_tree(valid).map(lambda tree: json.dumps(tree).encode())
    return st.one_of(trees, trees, spoilt_bytes(written))
