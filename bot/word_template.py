"""The Word template of the official report: read, checked, and filled in.

It is a Word document with fields as `{{ period }}`; docs/vi/mau-word.md lists them for an office
that makes its own.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from jinja2 import StrictUndefined, TemplateError, UndefinedError
from jinja2.sandbox import SandboxedEnvironment

from bot.words import CONTENT, Words

# Imported where they are used otherwise, because most processes never write a paper.
if TYPE_CHECKING:
    from docxtpl import DocxTemplate  # type: ignore[import-untyped]  # it comes without types

SHIPPED = CONTENT / "templates" / "weekly_report.docx"
NEEDED = frozenset({"unit", "period", "lines"})
"""Without these it would be no report."""
LINE, BRANCH = ("number", "name", "value", "target"), ("name", "expected", "actual", "on_time")
ROWS: Mapping[str, tuple[str, ...]] = {
    "lines": LINE,
    "branches": (*BRANCH, "share", "sums"),
    "missing": ("parent", "names", "count"),
    "practices": ("unit", "text", "photos"),
}
"""The fields that are lists, and what each of their rows has."""
FIELDS = frozenset(
    {
        *ROWS,
        *("unit", "unit_capitals", "report_name", "period", "as_of", "approved"),
        *("expected", "actual", "share", "on_time", "no_activity", "missing_count"),
    }
)
_NAMED = re.compile(r"'(\w+)'(?: is undefined)?$")


class BadTemplate(ValueError):
    """A template that cannot be used; its text says why, in words."""


@dataclass(frozen=True, slots=True)
class WordTemplate:
    """A template that has been checked, or the shipped one, which the tests check."""

    data: bytes

    @classmethod
    def shipped(cls) -> "WordTemplate":
        return cls(SHIPPED.read_bytes())

    @classmethod
    def load(cls, path: Path = SHIPPED) -> "WordTemplate":
        """Read and check a template; raises BadTemplate, and OSError."""
        template = cls(path.read_bytes())
        try:
            template._check()
        except UndefinedError as error:
            name = _NAMED.search(error.message or "")
            raise _bad(path, "unknown", names=[name[1] if name else error.message]) from error
        except TemplateError as error:
            raise _bad(path, "broken", error=error.message) from error
        except _Unfit as error:
            raise _bad(path, error.key, names=error.names) from error
        except Exception as error:
            # Its readers check little: whatever one of them stumbles over, the file is at fault.
            raise _bad(path, "unreadable") from error
        return template

    def _check(self) -> None:
        used = self.open().get_undeclared_template_variables(_environment())
        if unknown := sorted(used - FIELDS):
            raise _Unfit("unknown", unknown)
        if missing := sorted(NEEDED - used):
            raise _Unfit("missing", missing)
        rows = {key: [dict.fromkeys(names, "-")] for key, names in ROWS.items()}
        self.fill(self.open(), dict.fromkeys(FIELDS, "-") | rows)
        self.fill(self.open(), dict.fromkeys(FIELDS, "") | {key: [] for key in ROWS})

    def open(self) -> "DocxTemplate":
        """A document to be filled in, for which pictures can be made."""
        from docxtpl import DocxTemplate

        return DocxTemplate(BytesIO(self.data))

    def fill(self, document: "DocxTemplate", fields: Mapping[str, Any]) -> bytes:
        """The document with its fields filled in."""
        made = BytesIO()
        document.render(dict(fields), _environment(), autoescape=True)
        document.save(made)
        return made.getvalue()


@dataclass
class _Unfit(Exception):
    key: str
    names: list[str]


def _environment() -> SandboxedEnvironment:
    return SandboxedEnvironment(undefined=StrictUndefined, autoescape=True)


def _bad(path: Path, key: str, **values: object) -> BadTemplate:
    words = Words.load(ZoneInfo("UTC"))
    return BadTemplate(words.plain(f"official.bad_{key}", file=path.name, **values))
