"""A file of settings whose every key knows its line."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

Place = tuple[int | str, ...]

_SECRET_KEY = re.compile(r"token|secret|password|passwd|api_?key", re.IGNORECASE)
_BOT_TOKEN = re.compile(r"\d{5,}:[\w-]{30,}")
_NO_SECRETS = "secrets are not kept in this file; put it into the environment"


class SettingsError(ValueError):
    """The settings cannot be used; `faults` has a sentence for everything that is wrong."""

    def __init__(self, faults: Iterable[str]) -> None:
        self.faults = list(faults)
        super().__init__("\n".join(self.faults))


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong at a place in the settings, `("web", "port")`."""

    path: Place
    why: str


@dataclass(frozen=True, slots=True)
class SettingsFile:
    name: str
    data: dict[str, Any]
    root: yaml.Node | None
    """The same as the YAML parser's tree; None for an empty file."""

    @classmethod
    def read(cls, path: Path) -> "SettingsFile":
        """Raises SettingsError for a file that is not there, or no YAML mapping."""
        try:
            text = path.read_text("utf-8-sig")
            data, root = yaml.safe_load(text), yaml.compose(text, yaml.SafeLoader)
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError([f"{path}: cannot be read: {error}"]) from error
        except yaml.YAMLError as error:
            raise SettingsError([_syntax(path.name, error)]) from error
        if not isinstance(data or {}, dict):
            raise SettingsError([f"{path.name} line 1: needs lines as `key: value`"])
        return cls(path.name, {str(key): value for key, value in (data or {}).items()}, root)

    def faults(self) -> Iterator[Fault]:
        """Keys written twice, and secrets, which do not belong into a file."""
        if self.root:
            yield from _faults_below(self.root, ())

    def told(self, faults: Iterable[Fault], overrides: Mapping[str, Any]) -> list[str]:
        """A sentence for each place, by its line; `overrides` came from the environment."""
        first: dict[Place, Fault] = {}
        for fault in faults:
            first.setdefault(fault.path, fault)
        # A secret's own sentence stands instead of what else is wrong with it.
        return [self._tell(fault, overrides) for fault in sorted(first.values(), key=self._line)]

    def _tell(self, fault: Fault, overrides: Mapping[str, Any]) -> str:
        if _holds(overrides, fault.path):
            name = "__".join(str(key).upper() for key in fault.path)
            return f"environment LOA_{name}: {fault.why}"
        return f"{self.name} line {self._line(fault)}: {_spelt(fault.path)}: {fault.why}"

    def _line(self, fault: Fault) -> int:
        """The line of the last key on the path that is there."""
        line, node = 1, self.root
        for key in fault.path:
            found = [each for each in _entries(node) if each[0] == key]
            if not found:
                break
            _, line, node = found[-1]
        return line


def _entries(node: yaml.Node | None) -> Iterator[tuple[int | str, int, yaml.Node]]:
    """The keys of a mapping or the numbers of a list, each with its line and what it holds."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield str(key.value), key.start_mark.line + 1, value
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            yield index, value.start_mark.line + 1, value


def _faults_below(node: yaml.Node, path: Place) -> Iterator[Fault]:
    seen = set()
    for key, _, value in _entries(node):
        here = (*path, key)
        if key in seen:
            yield Fault(here, "is written twice")
        seen.add(key)
        if isinstance(value, yaml.ScalarNode) and _is_secret(str(key), str(value.value)):
            yield Fault(here, _NO_SECRETS)
        yield from _faults_below(value, here)


def _is_secret(key: str, value: str) -> bool:
    named = bool(_SECRET_KEY.search(key)) and not key.endswith("_env")
    return named or bool(_BOT_TOKEN.search(value)) or (key == "database_url" and _password(value))


def _password(url: str) -> bool:
    try:
        return bool(make_url(url).password)
    except (ArgumentError, ValueError):
        return False


def _syntax(name: str, error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    why = getattr(error, "problem", None) or str(error)
    return f"{name} line {mark.line + 1 if mark else 1}: {why}"


def _holds(values: object, path: Place) -> bool:
    for key in path:
        if not isinstance(values, Mapping) or key not in values:
            return False
        values = values[key]
    return bool(path)


def _spelt(path: Place) -> str:
    """`levels[1].under`, as people write a place."""
    parts = (f"[{key}]" if isinstance(key, int) else f".{key}" for key in path)
    return "".join(parts).removeprefix(".")
