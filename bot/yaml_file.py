"""A YAML file whose every key knows its line."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from domain.fault import Place


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
    def of(cls, name: str, text: str) -> "YamlFile":
        """The same of a text; raises Unreadable."""
        try:
            return cls(name, yaml.safe_load(text), yaml.compose(text, yaml.SafeLoader))
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            why = getattr(error, "problem", None) or str(error)
            raise Unreadable(why, mark.line + 1 if mark else 1) from error

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
