"""Answers as rows and as JSON."""

from decimal import Decimal
from typing import Any

from domain.answer import Photo
from domain.data_set import Answers, Value
from storage.rows import AnyRow


def of_row(row: AnyRow) -> Value:
    """The answer in a row of `report_value`."""
    if row.file_id is not None:
        return Photo(row.file_id, row.text).value
    return str(row.text) if row.number is None else Decimal(row.number).normalize()


def row_of(report_id: int, element: str, value: Value, is_photo: bool) -> dict[str, object]:
    """The row of `report_value` that holds an answer."""
    row: dict[str, object] = {"report_id": report_id, "element": element}
    if isinstance(value, Decimal):
        return row | {"number": value, "text": None, "file_id": None}
    photo = Photo.of(value) if is_photo else None
    text = photo.caption if photo else value
    return row | {"number": None, "text": text, "file_id": photo and photo.file_id}


def to_json(answers: Answers) -> dict[str, Any]:
    # JSON has no exact numbers, so they are kept as text under a mark.
    return {
        element: {"number": str(value)} if isinstance(value, Decimal) else value
        for element, value in answers.items()
    }


def from_json(answers: dict[str, Any]) -> dict[str, Value | None]:
    return {
        element: Decimal(value["number"]) if isinstance(value, dict) else value
        for element, value in answers.items()
    }
