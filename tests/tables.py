"""Tables for the tests of imports, written as lines with semicolons, and cases of such tables."""

from dataclasses import dataclass
from pathlib import Path

import yaml

from domain.imports import Problem, Row, Sheet

CASES = Path(__file__).parent / "domain"


@dataclass(frozen=True, slots=True)
class ImportCase:
    name: str
    sheet: Sheet
    problems: list[str]
    """Each as `line column why key=value …`."""


def table(text: str) -> Sheet:
    header, *lines = [line.split(";") for line in text.strip().splitlines()]
    rows = [
        Row(number, {name: cell for name, cell in zip(header, cells, strict=False) if cell})
        for number, cells in enumerate(lines, start=2)
    ]
    return Sheet(1, header, rows)


def import_cases(file: str) -> list[ImportCase]:
    cases = yaml.safe_load((CASES / file).read_text("utf-8"))
    return [ImportCase(each["name"], table(each["sheet"]), each["problems"]) for each in cases]


def spelt(problem: Problem) -> str:
    params = [f"{key}={value}" for key, value in problem.params.items()]
    return " ".join([str(problem.line), problem.column, problem.why, *params])
