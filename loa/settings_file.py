"""A file of settings: what is wrong in it is told by its line."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from bot.yaml_file import Unreadable, YamlFile, spelt
from domain.fault import Place

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
    file: YamlFile
    data: dict[str, Any]

    @classmethod
    def read(cls, path: Path) -> "SettingsFile":
        """Raises SettingsError for a file that is not there, or no YAML mapping."""
        try:
            file = YamlFile.read(path)
        except Unreadable as error:
            at = f"{path.name} line {error.line}: " if error.line else f"{path}: cannot be read: "
            raise SettingsError([f"{at}{error}"]) from error
        data = file.data or {}
        if not isinstance(data, dict):
            raise SettingsError([f"{path.name} line 1: needs lines as `key: value`"])
        return cls(file, {str(key): value for key, value in data.items()})

    def faults(self) -> Iterator[Fault]:
        """Keys written twice, and secrets, which do not belong into a file."""
        for place in self.file.repeated():
            yield Fault(place, "is written twice")
        for place, node in self.file.places():
            if isinstance(node, yaml.ScalarNode) and _is_secret(str(place[-1]), str(node.value)):
                yield Fault(place, _NO_SECRETS)

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
        return f"{self.file.name} line {self._line(fault)}: {spelt(fault.path)}: {fault.why}"

    def _line(self, fault: Fault) -> int:
        return self.file.line(fault.path)


def _is_secret(key: str, value: str) -> bool:
    named = bool(_SECRET_KEY.search(key)) and not key.endswith("_env")
    return named or bool(_BOT_TOKEN.search(value)) or (key == "database_url" and _password(value))


def _password(url: str) -> bool:
    try:
        return bool(make_url(url).password)
    except (ArgumentError, ValueError):
        return False


def _holds(values: object, path: Place) -> bool:
    for key in path:
        if not isinstance(values, Mapping) or key not in values:
            return False
        values = values[key]
    return bool(path)
