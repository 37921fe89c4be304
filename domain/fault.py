"""What is wrong in a file that people write, and where."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

Place = tuple[int | str, ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong at a place, `("elements", 3, "most")`; `why` is a key to words."""

    path: Place
    why: str
    values: Mapping[str, object] = field(default_factory=dict)

    def under(self, *path: int | str) -> "Fault":
        """The same fault, seen from further out."""
        return replace(self, path=(*path, *self.path))
