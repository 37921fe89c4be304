"""Small PDF and DOCX files with text in them, and documents that are in the library already."""

import io
from datetime import date, datetime
from itertools import accumulate
from typing import Any

import docx
from docx.oxml import OxmlElement
from sqlalchemy import Connection

from domain.message import FileKind
from storage import documents, files, pages, units


def pdf(*pages: str) -> bytes:
    """A PDF with these pages, each one line of ASCII."""
    count = len(pages)
    kids = " ".join(f"{4 + 2 * place} 0 R" for place in range(count))
    bodies = [
        "<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Kids[{kids}]/Count {count}>>",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    for place, text in enumerate(pages):
        drawn = f"BT /F1 12 Tf 72 720 Td ({text}) Tj ET"
        box = "/MediaBox[0 0 595 842]/Resources<</Font<</F1 3 0 R>>>>"
        bodies.append(f"<</Type/Page/Parent 2 0 R{box}/Contents {5 + 2 * place} 0 R>>")
        bodies.append(f"<</Length {len(drawn)}>>stream\n{drawn}\nendstream")
    objects = [f"{number} 0 obj{body}endobj\n" for number, body in enumerate(bodies, 1)]
    *starts, end = accumulate(map(len, objects), initial=len("%PDF-1.4\n"))
    table = "".join(f"{start:010} 00000 n \n" for start in starts)
    size = len(objects) + 1
    tail = f"trailer<</Size {size}/Root 1 0 R>>\nstartxref\n{end}\n%%EOF"
    xref = f"xref\n0 {size}\n0000000000 65535 f \n{table}"
    return f"%PDF-1.4\n{''.join(objects)}{xref}{tail}".encode()


def word(*pages: str) -> bytes:
    """A DOCX whose pages Word has laid out, each one paragraph and one cell of a table."""
    document = docx.Document()
    for place, text in enumerate(pages):
        run = document.add_paragraph().add_run()
        if place:
            run._r.append(OxmlElement("w:lastRenderedPageBreak"))
        run.add_text(text)
        document.add_table(1, 1).cell(0, 0).text = f"bảng {place + 1}"
    kept = io.BytesIO()
    document.save(kept)
    return kept.getvalue()


def paper(c: Connection, unit_id: int, now: datetime, **given: Any) -> int:
    """Keep a document of a unit, by the command line; what is not given is as of any."""
    parts: dict[str, Any] = {"number": "1", "issued_on": now.date(), "issuer": "UBND"}
    parts |= {"summary": "Họp tổ.", "file_ids": [], "created_by": None}
    return documents.add(c, unit_id=unit_id, now=now, **parts | given)


def shelve(c: Connection, rows: list[dict[str, Any]], now: datetime) -> None:
    """Keep documents; with `pages`, which may be none, each has a file that was read."""
    for row in rows:
        number = row["number"]
        file_ids = (
            [files.kept(c, FileKind.DOCUMENT, "a.pdf", "", 1, number, now)]
            if "pages" in row
            else []
        )
        for file_id in file_ids:
            files.copied(c, file_id, "memory", f"id-{number}", now)
            pages.keep(c, file_id, row["pages"])
        unit = units.by_code(c, row["unit"])
        assert unit
        paper(
            c,
            unit.id,
            now,
            number=number,
            issued_on=date.fromisoformat(row.get("on", "2026-11-01")),
            issuer=row.get("by", "UBND"),
            summary=row["summary"],
            file_ids=file_ids,
        )
