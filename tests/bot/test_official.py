import asyncio
import io
import shutil
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest
from docx import Document
from sqlalchemy import Connection

from bot.official import OfficialReport
from bot.period_report import PeriodReport
from bot.picture import Bar, Picture, png
from bot.word_template import WordTemplate
from domain.message import FileKind
from domain.period import Period
from domain.rates import Survey
from domain.target_import import Target
from scheduler.fetch import keep_bytes
from storage import files, practices, reports, targets, units
from storage.practices import State
from storage.reports import Form
from storage.store import Store
from tests.messenger import WITH_BUTTONS, Memory
from tests.stage import make_house
from tests.world import ZONE, build, read_world

HOUSE = make_house()
WEEKLY = HOUSE.data_sets["weekly_activity"]
SURVEY = Survey(WEEKLY, Period.parse("2026W47"), ZONE)
PERSON = 1


def of(c: Connection, code: str) -> int:
    unit = units.by_code(c, code)
    assert unit
    return unit.id


def week(c: Connection, now: datetime, photos: Sequence[str] = ()) -> None:
    """One of three villages has reported, one had no activity, and shared a good practice."""
    build(c, read_world(), Memory(WITH_BUTTONS), now)
    form = Form(WEEKLY.id, WEEKLY.version, "2026W47", of(c, "T11"))
    reports.submit(c, form, {"public_services": Decimal(1200)}, PERSON, now)
    idle = Form(WEEKLY.id, WEEKLY.version, "2026W47", of(c, "T12"))
    reports.submit(c, idle, {}, PERSON, now, no_activity=True)
    kept = [files.kept(c, FileKind.PHOTO, "", "image/png", 1, name, now) for name in photos]
    shared = practices.share(c, of(c, "T11"), PERSON, 1, "Dán mã QR <ở> chợ & bến xe", kept, now)
    practices.decide(c, shared, PERSON, State.APPROVED, now)
    later = practices.share(c, of(c, "T12"), PERSON, 1, "Chưa duyệt", [], now)
    assert practices.find(c, later)


def read(c: Connection, now: datetime) -> OfficialReport:
    return OfficialReport.read(c, PeriodReport.read(c, SURVEY, of(c, "T")), now)


def said(data: bytes) -> str:
    """Everything that is written in a document, a row of a table in one line."""
    document = Document(io.BytesIO(data))
    rows = [
        " | ".join(cell.text for cell in row.cells)
        for table in document.tables
        for row in table.rows
    ]
    return "\n".join([*(each.text for each in document.paragraphs), *rows])


async def made(store: Store, now: datetime, folder: Path) -> bytes:
    paper = await store.read(read, now)
    return paper.docx(HOUSE.words, WordTemplate.load(), folder)


async def test_the_paper_says_what_was_reported_by_whom_and_who_has_not(
    store: Store, now: datetime, tmp_path: Path
) -> None:
    await store.write(week, now)
    text = said(await made(store, now, tmp_path))
    for part in (
        "TỈNH MẪU",
        "Báo cáo hoạt động tuần, tuần 16/11/2026 – 22/11/2026",
        "Tỉnh Mẫu có 2/3 đơn vị đã báo cáo (đạt 66%), trong đó 2 đơn vị báo cáo đúng hạn",
        "1 đơn vị báo không có hoạt động. Số liệu tính đến 09:00 20/11/2026, chưa duyệt xong.",
        "1 | Lượt người được hướng dẫn dịch vụ công trực tuyến | 1.200 | ",
        "Xã Một | 2 | 2 | 2 | 1.200 | 0",
        "1 đơn vị chưa báo cáo:",
        "- Xã Hai: Thôn Chợ.",
        "1. Thôn Suối: Dán mã QR <ở> chợ & bến xe",
        "Trên đây là báo cáo của Tỉnh Mẫu",
    ):
        assert part in text
    assert "Chưa duyệt" not in text
    assert "{{" not in text
    assert "{%" not in text


async def test_what_only_the_office_knows_is_left_blank(
    store: Store, now: datetime, tmp_path: Path
) -> None:
    await store.write(week, now)
    text = said(await made(store, now, tmp_path))
    assert "/BC-……" in text
    assert "ngày …… tháng …… năm" in text
    assert "Lan" not in text  # whoever reported signs nothing


async def test_a_target_stands_beside_what_was_reached(
    store: Store, now: datetime, tmp_path: Path
) -> None:
    def aim(c: Connection) -> None:
        week(c, now)
        target = Target(of(c, "T"), "public_services", "2026W47", Decimal(5000))
        targets.assign(c, "weekly_activity", [target], PERSON, now)

    await store.write(aim)
    assert "| 1.200 | 5.000" in said(await made(store, now, tmp_path))


async def test_photos_are_shown_and_what_is_none_is_left_out(
    store: Store, now: datetime, tmp_path: Path
) -> None:
    bar = Bar("Xã", (1, 0, 0, 0))
    photo = png(Picture("a", "b", "c", ("d", "e", "f", "g"), [bar]))
    names = [keep_bytes(tmp_path, photo), keep_bytes(tmp_path, b"no photo"), "not here"]
    await store.write(week, now, names)
    document = Document(io.BytesIO(await made(store, now, tmp_path)))
    assert len(document.inline_shapes) == 1


async def test_libreoffice_opens_the_paper(store: Store, now: datetime, tmp_path: Path) -> None:
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice (soffice) is not installed")
    await store.write(week, now)
    paper = tmp_path / "bao-cao.docx"
    paper.write_bytes(await made(store, now, tmp_path))
    home = f"-env:UserInstallation={(tmp_path / 'home').as_uri()}"
    line = [office, home, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path)]
    opened = await asyncio.create_subprocess_exec(*line, str(paper))
    assert await opened.wait() == 0
    assert (tmp_path / "bao-cao.pdf").read_bytes().startswith(b"%PDF")
