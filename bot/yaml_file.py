"""A YAML file whose every key knows its line."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from domain.fault import Place

FAST: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""PyYAML's safe loader; that of libyaml, where it is built in, is ten times as fast."""
_NULLS = {
    first: [(tag, form) for tag, form in known if tag.endswith(":null")]
    for first, known in FAST.yaml_implicit_resolvers.items()
}
AS_WRITTEN: type[yaml.SafeLoader] = type("AsWritten", (FAST,), {"yaml_implicit_resolvers": _NULLS})
"""The same, but a value is the text that it is written as: no number, no day, no yes."""
DEEPEST = 50
"""Lists and mappings within each other; libyaml falls where there are thousands."""
_UNREAD = yaml.YAMLError, ValueError, RecursionError
"""How it refuses a text; the last two at a day such as 2026-13-01, and at a thousand brackets."""


class Unreadable(ValueError):
    """The file cannot be opened, or is no YAML; `line` is 0 where no line is to blame."""

    def __init__(self, why: str, line: int = 0) -> None:
        super().__init__(why)
        self.line = line


def read_text(path: Path) -> str:
    """Raises Unreadable."""
    try:
        return path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise Unreadable(str(error)) from error


@dataclass(frozen=True, slots=True)
class YamlFile:
    name: str
    data: Any
    root: yaml.Node | None
    """The same as the YAML parser's tree; None for an empty file."""

    @classmethod
    def read(cls, path: Path) -> "YamlFile":
        """Raises Unreadable."""
        return cls.of(path.name, read_text(path))

    @classmethod
    def of(cls, name: str, text: str, kind: type[yaml.SafeLoader] = FAST) -> "YamlFile":
        """The same of a text; raises Unreadable."""
        try:
            _check_shape(text)
            return cls(name, *_parsed(text, kind))
        except Unreadable:
            raise
        except _UNREAD:
            # It says where the fault was met, which may be the end: PyYAML's own says where it is.
            return cls(name, *_explained(text))

    def places(self) -> Iterator[tuple[Place, yaml.Node]]:
        """Every key and number of a list, from the top down, with what it holds."""
        return _below(self.root, ())

    def repeated(self) -> Iterator[Place]:
        """Keys that are written twice in one mapping."""
        seen: set[Place] = set()
        for place, _ in self.places():
            if place in seen:
                yield place
            seen.add(place)

    def line(self, place: Place) -> int:
        """The line of the last key on the path that is there."""
        line, node = 1, self.root
        for key in place:
            found = [each for each in _entries(node) if each[0] == key]
            if not found:
                break
            _, line, node = found[-1]
        return line


def _check_shape(text: str) -> None:
    """Raises Unreadable for what would bring the parser down, or never come to an end."""
    within: list[str | None] = []
    for event in yaml.parse(text, FAST):
        if isinstance(event, yaml.CollectionStartEvent):
            within.append(event.anchor)
        elif isinstance(event, yaml.CollectionEndEvent):
            within.pop()
        own = isinstance(event, yaml.AliasEvent) and event.anchor in within
        if own or len(within) > DEEPEST:
            why = "it holds itself" if own else f"more than {DEEPEST} lists within each other"
            raise Unreadable(why, event.start_mark.line + 1 if event.start_mark else 1)


def _parsed(text: str, kind: type[yaml.SafeLoader]) -> tuple[Any, yaml.Node | None]:
    loader = kind(text)
    root = loader.get_single_node()
    return loader.construct_document(root) if root else None, root


def _explained(text: str) -> tuple[Any, yaml.Node | None]:
    try:
        return _parsed(text, yaml.SafeLoader)
    except _UNREAD as error:
        mark = getattr(error, "problem_mark", None)
        why = getattr(error, "problem", None) or str(error)
        raise Unreadable(why, mark.line + 1 if mark else 1) from error


def _below(node: yaml.Node | None, place: Place) -> Iterator[tuple[Place, yaml.Node]]:
    for key, _, value in _entries(node):
        yield (*place, key), value
        yield from _below(value, (*place, key))


def _entries(node: yaml.Node | None) -> Iterator[tuple[int | str, int, yaml.Node]]:
    """The keys of a mapping or the numbers of a list, each with its line and what it holds."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield str(key.value), key.start_mark.line + 1, value
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            yield index, value.start_mark.line + 1, value


def spelt(place: Place) -> str:
    """`levels[1].under`, as people write a place."""
    parts = (f"[{key}]" if isinstance(key, int) else f".{key}" for key in place)
    return "".join(parts).removeprefix(".")
