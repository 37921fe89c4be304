"""What a check found, and how bad it is."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Mark(StrEnum):
    GOOD = "✓"
    WARNING = "!"
    WRONG = "✗"


@dataclass(frozen=True, slots=True)
class Finding:
    """`key` is that of its sentence in `doctor.yaml`; what is not good has a `KEY_mend` as well."""

    mark: Mark
    key: str
    values: dict[str, Any] = field(default_factory=dict)


def good(key: str, **values: Any) -> Finding:
    return Finding(Mark.GOOD, key, values)


def warning(key: str, **values: Any) -> Finding:
    return Finding(Mark.WARNING, key, values)


def wrong(key: str, **values: Any) -> Finding:
    return Finding(Mark.WRONG, key, values)
