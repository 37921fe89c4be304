"""Files of entries: workbooks, CSV, and YAML as the shipped FAQ is written in."""

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

import xlsxwriter  # type: ignore[import-untyped]  # it comes without types
import yaml

from bot.yaml_file import AS_WRITTEN, Unreadable, YamlFile
from domain.faq_import import COLUMNS
from domain.imports import Row, Sheet
from loa.sheets import SheetError, read_sheet
from loa.whole_file import write_whole

NAMES = [column.name for column in COLUMNS]
YAML = (".yaml", ".yml")
_LISTS = {"wordings": "\n", "audience": ", ", "files": "\n"}
_FORMULA = ("=", "+", "-", "@")
_WIDTH = 30

Cells = Mapping[str, str]


def read_entries(path: Path) -> Sheet:
    """The entries of a file, whatever its kind; raises SheetError, and OSError."""
    if path.suffix.lower() in YAML:
        return _read_yaml(path.read_text("utf-8", errors="replace"))
    sheet = read_sheet(path, COLUMNS)
    rows = [
        Row(row.line, {head: _text(cell) for head, cell in row.cells.items()}) for row in sheet.rows
    ]
    return Sheet(sheet.line, sheet.header, rows)


def _text(cell: str) -> str:
    """Without the mark that keeps a worksheet from reading a text as a formula."""
    return cell[1:] if cell[:1] == "'" and cell[1:].startswith(_FORMULA) else cell


def _read_yaml(text: str) -> Sheet:
    try:
        file = YamlFile.of("", text, AS_WRITTEN)
    except Unreadable as error:
        raise SheetError("broken_yaml", error.line) from error
    data = file.data
    topic = data.get("topic", "") if isinstance(data, dict) else ""
    entries = data.get("entries") if isinstance(data, dict) else data
    if not isinstance(entries, list) or not all(isinstance(each, dict) for each in entries):
        raise SheetError("no_rows")
    lines = _lines(file.root)
    if len(lines) != len(entries):
        raise SheetError("no_rows")
    rows = [
        Row(line, _cells({"topic": topic} | each))
        for line, each in zip(lines, entries, strict=True)
    ]
    header = dict.fromkeys(name for row in rows for name in row.cells)
    return Sheet(1, list(header), rows)


def _lines(node: yaml.Node | None) -> list[int]:
    """The line on which each entry begins."""
    if isinstance(node, yaml.MappingNode):
        # Of a key that stands there twice, the last one counts, as in the data.
        named = [value for key, value in node.value if key.value == "entries"]
        node = named[-1] if named else None
    found = node.value if isinstance(node, yaml.SequenceNode) else []
    return [each.start_mark.line + 1 for each in found]


def _cells(entry: Mapping[str, object]) -> dict[str, str]:
    cells = {
        key: _LISTS.get(key, "\n").join(map(str, value)) if isinstance(value, list) else str(value)
        for key, value in entry.items()
        if value is not None
    }
    return {key: text.strip() for key, text in cells.items() if text.strip()}


def write_entries(path: Path, rows: Sequence[Cells]) -> None:
    """Write entries as the file's ending asks (.xlsx, .csv, .yaml); raises OSError, ValueError."""
    writers: dict[str, Callable[[Sequence[Cells]], bytes]] = {
        ".xlsx": _workbook,
        ".csv": _csv,
        **dict.fromkeys(YAML, _yaml),
    }
    if path.suffix.lower() not in writers:
        raise ValueError(path.suffix)
    write_whole(path, writers[path.suffix.lower()](rows))


def _workbook(rows: Sequence[Cells]) -> bytes:
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        bold = book.add_format({"bold": True})
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        sheet.freeze_panes(1, 1)
        sheet.set_column(0, len(NAMES) - 1, _WIDTH)
        sheet.write_row(0, 0, NAMES, bold)
        for line, row in enumerate(rows, 1):
            for column, name in enumerate(NAMES):
                sheet.write_string(line, column, row.get(name, ""), wrapped)
    return made.getvalue()


def _csv(rows: Sequence[Cells]) -> bytes:
    made = io.StringIO(newline="")
    writer = csv.writer(made)
    writer.writerow(NAMES)
    writer.writerows([_guarded(row.get(name, "")) for name in NAMES] for row in rows)
    # The mark by which Excel knows UTF-8.
    return made.getvalue().encode("utf-8-sig")


def _guarded(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text


def _yaml(rows: Iterable[Cells]) -> bytes:
    entries = [
        {
            name: row[name].split(_LISTS[name]) if name in _LISTS else row[name]
            for name in NAMES
            if row.get(name)
        }
        for row in rows
    ]
    text = yaml.safe_dump({"entries": entries}, allow_unicode=True, sort_keys=False, width=100)
    return str(text).encode()
