import asyncio
import hashlib
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import Connection, func, select

from domain.channel import Refused
from domain.period import local_day
from loa.announcing import Attachment, Order, send_down
from loa.broadcast_watch import Pause
from storage import deliveries, schema
from storage.store import Store
from tests.loa.conftest import Office, Paper
from tests.stage import WITH_BUTTONS, ZONE, Stage, make_house

PAPER = {
    "--number": "12/KH-UBND",
    "--date": "2026-09-09",
    "--issuer": "UBND tỉnh",
    "--summary": "Mỗi tổ hướng dẫn <20 hộ> & báo lại.",
    "--to": "T",
}


def line(*more: str, **changed: str) -> list[str]:
    """The command's line; `date="…"` stands instead of the usual date."""
    options = PAPER | {f"--{name}": value for name, value in changed.items()}
    return ["announce", *(part for option in options.items() for part in option), *more]


def counts(c: Connection) -> tuple[int, ...]:
    """How many documents, broadcasts, rows of the ledger and files there are."""
    tables = schema.document, schema.broadcast, schema.delivery, schema.file
    return tuple(c.execute(select(func.count()).select_from(each)).scalar_one() for each in tables)


def test_the_same_command_twice_sends_once(staffed: Office) -> None:
    first = staffed.loa(*line("--yes"))
    assert first.exit_code == 0, first.output
    assert "4 tin đã vào sổ gửi" in first.stdout
    assert "loa run" in first.stdout
    assert staffed.read(counts) == (1, 1, 4, 0)
    second = staffed.loa(*line("--yes"))
    assert (second.exit_code, "không gửi lại lần nữa" in second.stdout) == (0, True)
    assert staffed.read(counts) == (1, 1, 4, 0)


def test_other_levels_are_another_broadcast_of_the_same_document(staffed: Office) -> None:
    staffed.loa(*line("--yes", levels="village"))
    assert staffed.read(counts) == (1, 1, 3, 0)
    staffed.loa(*line("--yes", levels="commune"))
    assert staffed.read(counts) == (1, 2, 4, 0)
    staffed.loa(*line("--yes", levels=" village,village"))
    assert staffed.read(counts) == (1, 2, 4, 0)


def test_a_preview_is_shown_and_no_leaves_nothing_behind(staffed: Office) -> None:
    file = staffed.folder / "kế hoạch.pdf"
    file.write_bytes(b"%PDF")
    result = staffed.loa(*line(file=str(file)), typed="n\n")
    assert result.exit_code == 1
    for told in (
        "Văn bản 12/KH-UBND",
        "UBND tỉnh, ngày 09/09/2026",
        "Mỗi tổ hướng dẫn <20 hộ> & báo lại.",
        "Kèm tệp: kế hoạch.pdf",
        "Sẽ gửi tới 4 nhóm (tỉnh, xã, thôn) thuộc Tỉnh Mẫu.",
        "2 đơn vị chưa có nhóm",
        "Gửi tới 4 nhóm? [y/N]",
        "Chưa gửi gì cả.",
    ):
        assert told in result.stdout
    assert staffed.read(counts) == (0, 0, 0, 0)
    assert not (staffed.folder / "var" / "files").exists()


def test_yes_sends_with_the_bytes_of_the_file(staffed: Office) -> None:
    file = staffed.folder / "kế hoạch.pdf"
    file.write_bytes(b"%PDF")
    assert staffed.loa(*line(file=str(file)), typed="y\n").exit_code == 0
    assert staffed.read(counts) == (1, 1, 4, 1)
    name = hashlib.sha256(b"%PDF").hexdigest()
    file_id = staffed.read(lambda c: c.execute(select(schema.document.c.file_id)).scalar_one())
    out = staffed.read(deliveries.file_out, "memory", file_id, str(staffed.folder / "var"))
    assert (out.name, out.path) == ("kế hoạch.pdf", str(staffed.folder / "var" / "files" / name))
    assert (staffed.folder / "var" / "files" / name).read_bytes() == b"%PDF"
    again = staffed.loa(*line("--yes", file=str(file)))
    assert (again.exit_code, staffed.read(counts)) == (0, (1, 1, 4, 1))


@pytest.mark.parametrize("change", ["issuer", "summary", "file"])
def test_another_content_under_the_same_number_is_refused(staffed: Office, change: str) -> None:
    staffed.loa(*line("--yes"))
    other = staffed.folder / "khác.txt"
    other.write_text("khác", "utf-8")
    result = staffed.loa(*line("--yes", **{change: str(other)}))
    assert result.exit_code == 1
    assert "đã có văn bản 12/KH-UBND ngày 09/09/2026 với nội dung hoặc tệp khác" in result.stdout
    assert staffed.read(counts) == (1, 1, 4, 0)


def test_where_no_group_is_bound_nothing_is_sent(staffed: Office) -> None:
    result = staffed.loa(*line("--yes", to="X2", levels="commune"))
    assert result.exit_code == 1
    assert "Chưa có nhóm nào ở Xã Hai" in result.stdout
    assert staffed.read(counts) == (0, 0, 0, 0)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"to": "T9"}, "there is no unit 'T9'"),
        ({"levels": "village,huyen"}, "no level 'huyen' in the settings"),
        ({"date": "9999-01-01"}, "this day has not come yet"),
        ({"date": "mai"}, "'mai'"),
        ({"number": " "}, "needs 1 to 60 characters, not 0"),
        ({"summary": "x" * 601}, "needs 1 to 600 characters, not 601"),
        ({"file": "EMPTY"}, "EMPTY is empty"),
        ({"file": "LARGE"}, "LARGE is larger than limits.file_mb, 1 MB"),
        ({"file": "NONE"}, "does not exist"),
    ],
)
def test_what_cannot_be_sent_is_refused(
    staffed: Office, changed: dict[str, str], told: str
) -> None:
    (staffed.folder / "EMPTY").touch()
    (staffed.folder / "LARGE").write_bytes(b"x" * (2**20 + 1))
    if "file" in changed:
        changed = {"file": str(staffed.folder / changed["file"])}
    result = staffed.loa(*line("--yes", **changed), LOA_LIMITS__FILE_MB="1")
    assert (result.exit_code, told in result.stderr) == (2, True), result.output
    assert staffed.read(counts) == (0, 0, 0, 0)


def order(now: datetime, attachment: Attachment | None = None) -> Order:
    day = local_day(now, ZONE)
    number, issuer, summary = (PAPER[f"--{name}"] for name in ("number", "issuer", "summary"))
    levels = ["commune", "village"]
    return Order(number, date(2026, 9, 9), issuer, summary, attachment, "T", levels, day)


async def watched(office: Office, paper: Paper, now: datetime, pause: Pause | None) -> bool:
    return await send_down(office.settings, order(now), paper.screen, now, lambda _: True, pause)


def at_work(stage: Stage) -> Pause:
    """A bot that works whenever somebody waits."""

    async def pause() -> None:
        await stage.drain.settle()
        stage.now += timedelta(seconds=1)

    return pause


async def test_a_watch_lasts_until_all_have_it(
    office: Office, store: Store, paper: Paper, now: datetime
) -> None:
    stage = await Stage.open(store, make_house(), WITH_BUTTONS, now)
    assert await watched(office, paper, now, at_work(stage))
    assert "Đã gửi xong: 4 nhóm nhận được." in paper.text
    posted = [post for post in stage.channel.posts if "12/KH-UBND" in post.text]
    groups = ["nhom_cho", "nhom_doi", "nhom_suoi", "nhom_xa_1"]
    assert sorted(post.chat for post in posted) == groups
    assert all("Đã nhận" in post.choices[0].label for post in posted)
    # A second watch of the same order looks at the broadcast that there is.
    assert await watched(office, paper, now, at_work(stage))
    assert len(stage.channel.posts) == 4


async def test_a_watch_names_who_could_not_be_reached(
    office: Office, store: Store, paper: Paper, now: datetime
) -> None:
    stage = await Stage.open(store, make_house(), WITH_BUTTONS, now)
    stage.channel.errors["nhom_doi"] = [Refused("bot was kicked", gone=True)]
    assert not await watched(office, paper, now, at_work(stage))
    assert "3 nhóm nhận được, 1 nhóm không tới." in paper.text
    assert "Thôn Đồi" in paper.text
    assert "bot was kicked" in paper.text


async def test_who_leaves_a_watch_is_told_that_the_sending_goes_on(
    staffed: Office, paper: Paper, now: datetime
) -> None:
    async def interrupted() -> None:
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await watched(staffed, paper, now, interrupted)
    assert "việc gửi vẫn tiếp tục" in paper.text


async def test_without_a_watch_the_ledger_waits(
    office: Office, store: Store, paper: Paper, now: datetime
) -> None:
    await Stage.open(store, make_house(), WITH_BUTTONS, now)
    assert await watched(office, paper, now, None)
    broadcast_id = await store.read(lambda c: c.execute(select(schema.broadcast.c.id)).scalar_one())
    assert await store.read(deliveries.count_states, broadcast_id) == {"queued": 4}
