"""XLSForm, the form of ODK and Kobo in a workbook, as the body of a data set.

See https://xlsform.org for its columns and types. What a data set cannot carry is named row by row.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from domain.data_set import FIGURES, ValueType
from domain.imports import Problem, Row, Sheet
from domain.text import fold, shorten
from domain.xlsform_logic import Inexpressible, Names, condition, constraint

LONGEST_NAME = 80

_TYPES = {
    "integer": ValueType.WHOLE,
    "int": ValueType.WHOLE,
    "decimal": ValueType.DECIMAL,
    "text": ValueType.TEXT,
    "string": ValueType.TEXT,
    "image": ValueType.PHOTO,
    "photo": ValueType.PHOTO,
    "geopoint": ValueType.PLACE,
    "location": ValueType.PLACE,
}
_CARRIED = {
    "type",
    "name",
    "label",
    "hint",
    "required",
    "relevant",
    "constraint",
    "constraint_message",
}
_OF_CHOICES = {"list_name", "name", "label"}
_SPACED = re.compile(r"^(select|begin|end)[ _](one|multiple|group|repeat)", re.IGNORECASE)
_SPOKEN = re.compile(r"[a-z_]+::?")
_SPELT = {"relevance": "relevant", "constraint_msg": "constraint_message", "value": "name"}
_TRUE = {"yes", "true", "true()", "1"}
_YES = {"yes", "y", "1", "true", "co"}
_NO = {"no", "n", "0", "false", "khong"}


@dataclass
class Carried:
    """The body that a form gives, what was left behind, and the row of each element."""

    body: dict[str, Any]
    left: list[Problem] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)


def carry(sheets: Mapping[str, Sheet], body: Mapping[str, Any]) -> Carried:
    """The data set of a form's sheets `survey`, `choices` and `settings`, over what `body` says."""
    settings = next(iter(sheets["settings"].rows)).cells if "settings" in sheets else {}
    named = {
        "id": _id(settings.get("form_id") or settings.get("id_string") or "form"),
        "version": 1,
        "name": settings.get("form_title") or settings.get("title") or "Báo cáo",
    }
    return _Form(sheets, settings.get("default_language", ""), Carried(named | dict(body))).read()


class _Form:
    """One reading of a form."""

    def __init__(self, sheets: Mapping[str, Sheet], language: str, carried: Carried) -> None:
        self.carried = carried
        self.survey = list(self._rows(sheets, "survey", language, _CARRIED))
        self.lists: dict[str, dict[str, str]] = {}
        for row in self._rows(sheets, "choices", language, _OF_CHOICES):
            options = self.lists.setdefault(row.cells.get("list_name", ""), {})
            options[row.cells.get("name", "")] = row.cells.get("label") or row.cells.get("name", "")
        self.names = Names(dict(self._ids()), dict(self._answers()))

    def _rows(
        self, sheets: Mapping[str, Sheet], name: str, language: str, carried: set[str]
    ) -> Iterator[Row]:
        """The rows of a sheet under the names of the columns that are carried."""
        if name not in sheets:
            return
        sheet = sheets[name]
        columns = _columns(sheet, language)
        for header in sheet.header:
            if _SPOKEN.match(columns[header]):
                self.carried.left.append(Problem(sheet.line, header, "form_language"))
        for row in sheet.rows:
            if row.cells.get("disabled", "").lower() in _TRUE:
                continue
            for header, cell in row.cells.items():
                column = columns[header]
                if column not in carried | {"disabled"} and not _SPOKEN.match(column):
                    self._leave(row, header, "form_column", value=shorten(cell, 40))
            known = {columns[header]: cell for header, cell in row.cells.items()}
            yield Row(row.line, known)

    def _ids(self) -> Iterator[tuple[str, str]]:
        taken: set[str] = set()
        for row in self.survey:
            if name := row.cells.get("name"):
                plain = _id(name)
                while plain in taken:
                    plain = f"{plain[:38]}_2"
                taken.add(plain)
                yield name, plain

    def _answers(self) -> Iterator[tuple[str, dict[str, str]]]:
        """What the options of each question are called: yes and no are 1 and 0."""
        for row in self.survey:
            kind, list_name = _kind(row)
            options = self.lists.get(list_name, {})
            if kind == "select_one" and _is_yes_no(options):
                yield row.cells["name"], {each: str(int(fold(each) in _YES)) for each in options}
            elif kind == "select_one":
                yield row.cells.get("name", ""), {each: _option(each) for each in options}

    def read(self) -> Carried:
        groups: list[Row] = []
        for row in self.survey:
            kind, _ = _kind(row)
            if kind.startswith("begin"):
                groups.append(row)
                if "repeat" in kind:
                    self._leave(row, "type", "form_repeat")
                elif label := row.cells.get("label"):
                    self._leave(row, "label", "form_column", value=shorten(label, 40))
            elif kind.startswith("end"):
                del groups[-1:]
            elif not any("repeat" in _kind(group)[0] for group in groups):
                self._element(row, groups)
        self.carried.body.setdefault("elements", [])
        return self.carried

    def _element(self, row: Row, groups: list[Row]) -> None:
        kind, list_name = _kind(row)
        options = self.lists.get(list_name, {})
        yes_no = kind == "select_one" and _is_yes_no(options)
        value_type = ValueType.YES_NO if yes_no else _TYPES.get(kind)
        if kind == "select_one" and not yes_no:
            value_type = ValueType.CHOICE
        if value_type is None:
            self._leave(row, "type", "form_type", value=row.cells.get("type", ""))
            return
        label = " ".join(row.cells.get("label", row.cells.get("name", "")).split())
        element: dict[str, Any] = {
            "id": self.names.ids.get(row.cells.get("name", ""), ""),
            "name": shorten(label.rstrip("?: "), LONGEST_NAME),
            "question": label,
            "type": value_type.value,
        }
        if value_type is ValueType.CHOICE:
            element["options"] = [{"id": _option(k), "name": v} for k, v in options.items()]
        if hint := row.cells.get("hint"):
            element["help"] = hint
        if row.cells.get("required", "").lower() not in _TRUE:
            element["optional"] = True
        self._condition(row, groups, element)
        self._constraint(row, value_type, element)
        self.carried.body.setdefault("elements", []).append(element)
        self.carried.rows.append(row)

    def _condition(self, row: Row, groups: list[Row], element: dict[str, Any]) -> None:
        """A question's own condition, or that of the group around it; not both."""
        written = [each for each in (*groups, row) if each.cells.get("relevant")]
        for each in written[:-1]:
            self._leave(row, "relevant", "form_condition", value=each.cells["relevant"])
        for each in written[-1:]:
            try:
                element["only_if"] = condition(each.cells["relevant"], self.names)
            except Inexpressible:
                self._leave(row, "relevant", "form_condition", value=each.cells["relevant"])

    def _constraint(self, row: Row, kind: ValueType, element: dict[str, Any]) -> None:
        text = row.cells.get("constraint")
        if not text:
            return
        try:
            if kind not in FIGURES:
                raise Inexpressible(text)
            whole = kind is ValueType.WHOLE
            limits = constraint(text, element["id"], self.names, whole=whole)
        except Inexpressible:
            self._leave(row, "constraint", "form_constraint", value=text)
            return
        element |= {key: _plain(value) for key, value in limits.bounds.items()}
        message = row.cells.get("constraint_message", "")
        rules = [{"rule": rule, "message": message or text} for rule in limits.rules]
        if rules:
            self.carried.body.setdefault("rules", []).extend(rules)
        elif message:
            # Of bounds Loa tells in its own words.
            self._leave(row, "constraint_message", "form_column", value=shorten(message, 40))

    def _leave(self, row: Row, column: str, why: str, **params: object) -> None:
        self.carried.left.append(Problem(row.line, column, why, params))


def _columns(sheet: Sheet, language: str) -> dict[str, str]:
    """What each header is called here; labels of other languages keep their names."""
    plain = {header: re.sub(r"[\s-]+", "_", header.strip().lower()) for header in sheet.header}
    names = {header: _SPELT.get(name, name) for header, name in plain.items()}
    for key in ("label", "hint", "constraint_message"):
        usual = [each for each in sheet.header if names[each] == key]
        spoken = [each for each in sheet.header if names[each].startswith(f"{key}:")]
        wanted = [each for each in spoken if each.partition(":")[2].strip(": ") == language]
        for header in (wanted or usual or spoken)[:1]:
            names |= dict.fromkeys(usual, f"{key}::") | {header: key}
    return names


def _kind(row: Row) -> tuple[str, str]:
    """The type of a row, and the list of its choices: `select_one` and `halls`."""
    written = row.cells.get("type", "").strip()
    kind, _, list_name = _SPACED.sub(r"\1_\2", written).partition(" ")
    return kind.lower(), list_name.strip()


def _is_yes_no(options: Mapping[str, str]) -> bool:
    plain = {fold(each) for each in options}
    return len(plain) == 2 and bool(plain & _YES) and bool(plain & _NO)


def _id(name: str) -> str:
    plain = re.sub(r"[^a-z0-9]+", "_", fold(name.replace("_", " "))).strip("_")
    return plain[:40] if plain[:1].isalpha() else f"q_{plain}"[:40]


def _option(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9_.-]+", "_", name)[:40]


def _plain(value: Any) -> int | str:
    return int(value) if value == value.to_integral_value() else str(value)
