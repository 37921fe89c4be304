import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import Connection, func, select, update
from typer.testing import Result

from domain.broadcast import BroadcastState, Priority
from domain.channel import Refused
from domain.period import local_day
from loa.announcing import Attachment, Order, send_down
from loa.broadcast_watch import Pause
from storage import broadcasts, deliveries, documents, files, schema
from storage.broadcasts import Broadcast
from storage.store import Store
from tests.loa.conftest import Office, Paper
from tests.messenger import WITH_BUTTONS
from tests.stage import Stage, make_house
from tests.world import ZONE

PAPER = {
    "--number": "12/KH-UBND",
    "--date": "2026-09-09",
    "--issuer": "UBND tỉnh",
    "--summary": "Mỗi tổ hướng dẫn <20 hộ> & báo lại.",
    "--to": "T",
}
NO_NIGHT = {
    "LOA_BROADCASTS__QUIET_HOURS__BEGIN": "00:00",
    "LOA_BROADCASTS__QUIET_HOURS__END": "00:00",
}
"""The command looks at the real clock, and tests run at night too."""


def sent(office: Office, *more: str, typed: str = "", **changed: str) -> Result:
    return office.loa(*line(*more, **changed), typed=typed, **NO_NIGHT)


def line(*more: str, **changed: str) -> list[str]:
    """The command's line; `date="…"` stands instead of the usual date."""
    options = PAPER | {f"--{name}": value for name, value in changed.items()}
    return ["announce", *(part for option in options.items() for part in option), *more]


def the_one(c: Connection) -> Broadcast:
    (found,) = broadcasts.newest(c, 2)
    return found


def counts(c: Connection) -> tuple[int, ...]:
    """How many documents, broadcasts, rows of the ledger and files there are."""
    tables = schema.document, schema.broadcast, schema.delivery, schema.file
    return tuple(c.execute(select(func.count()).select_from(each)).scalar_one() for each in tables)


def test_the_same_command_twice_sends_once(staffed: Office) -> None:
    first = sent(staffed, "--yes")
    assert first.exit_code == 0, first.output
    assert "Lần gửi số 1, tới 4 nhóm, đã vào sổ gửi." in first.stdout
    assert "loa run" in first.stdout
    assert staffed.read(counts) == (1, 1, 4, 0)
    second = sent(staffed, "--yes")
    assert second.exit_code == 0
    assert "đã có lần gửi số 1 (⏳ Đang gửi), mình không gửi lại lần nữa" in second.stdout
    assert staffed.read(counts) == (1, 1, 4, 0)


def test_other_levels_are_another_broadcast_of_the_same_document(staffed: Office) -> None:
    sent(staffed, "--yes", levels="village")
    assert staffed.read(counts) == (1, 1, 3, 0)
    sent(staffed, "--yes", levels="commune")
    assert staffed.read(counts) == (1, 2, 4, 0)
    sent(staffed, "--yes", levels=" village,village")
    assert staffed.read(counts) == (1, 2, 4, 0)


def test_a_preview_is_shown_and_no_leaves_nothing_behind(staffed: Office) -> None:
    file = staffed.folder / "kế hoạch.pdf"
    file.write_bytes(b"%PDF")
    result = sent(staffed, file=str(file), typed="n\n")
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


def test_yes_sends_with_the_bytes_of_the_files_in_their_order(staffed: Office) -> None:
    papers = {"kế hoạch.pdf": b"%PDF", "biểu mẫu.docx": b"PK"}
    for name, data in papers.items():
        (staffed.folder / name).write_bytes(data)
    more = [f"--file={staffed.folder / name}" for name in papers]
    assert sent(staffed, *more, typed="y\n").exit_code == 0
    assert staffed.read(counts) == (1, 1, 8, 2)
    held = staffed.read(documents.files_of, staffed.read(the_one).document_id)
    assert [each.name for each in held] == list(papers)
    for each in held:
        kept = staffed.folder / "var" / "files" / str(staffed.read(files.sha256, each.id))
        assert kept.read_bytes() == papers[each.name]
    assert sent(staffed, "--yes", *more).exit_code == 0
    assert sent(staffed, "--yes", *reversed(more)).exit_code == 1
    assert staffed.read(counts) == (1, 1, 8, 2)


@pytest.mark.parametrize("change", ["issuer", "summary", "file"])
def test_another_content_under_the_same_number_is_refused(staffed: Office, change: str) -> None:
    sent(staffed, "--yes")
    other = staffed.folder / "khác.txt"
    other.write_text("khác", "utf-8")
    result = sent(staffed, "--yes", **{change: str(other)})
    assert result.exit_code == 1
    assert "đã có văn bản 12/KH-UBND ngày 09/09/2026 với nội dung hoặc tệp khác" in result.stdout
    assert staffed.read(counts) == (1, 1, 4, 0)


def lose_files(c: Connection, how: str | None) -> None:
    c.execute(update(schema.file).values(sha256=how))


@pytest.mark.parametrize("how", [files.LOST, None])
def test_a_file_that_is_lost_cannot_be_sent(staffed: Office, how: str | None) -> None:
    file = staffed.folder / "kế hoạch.pdf"
    file.write_bytes(b"%PDF")
    sent(staffed, "--yes", levels="commune", file=str(file))
    staffed.write(lose_files, how)
    result = sent(staffed, "--yes", file=str(file))
    assert (result.exit_code, "Mình chưa có tệp kế hoạch.pdf" in result.stdout) == (1, True)
    assert staffed.read(counts) == (1, 1, 1, 1)


def test_a_withdrawn_document_is_not_sent_again(staffed: Office, now: datetime) -> None:
    sent(staffed, "--yes", levels="commune")
    staffed.write(documents.withdraw, staffed.read(the_one).document_id, now)
    result = sent(staffed, "--yes")
    assert (result.exit_code, "đã được thu hồi" in result.stdout) == (1, True)
    assert staffed.read(counts) == (1, 1, 1, 0)


def test_more_than_the_month_allows_is_refused_in_numbers(staffed: Office) -> None:
    account = "accounts: [{id: memory, monthly_quota: %d}]"
    staffed.config.write_text(account % 3, "utf-8")
    result = sent(staffed, "--yes")
    assert (result.exit_code, "còn 3 tin, cần 4 (tài khoản memory)" in result.stdout) == (1, True)
    assert staffed.read(counts) == (0, 0, 0, 0)
    staffed.config.write_text(account % 4, "utf-8")
    assert sent(staffed, "--yes").exit_code == 0
    # What has been sent is not asked for once more.
    assert "không gửi lại lần nữa" in sent(staffed, "--yes").stdout


def test_what_a_second_person_approves_is_sent_in_the_chat(staffed: Office) -> None:
    few = {"LOA_BROADCASTS__APPROVE_ABOVE": "3"}
    result = staffed.loa(*line("--yes"), **NO_NIGHT, **few)
    assert result.exit_code == 1
    assert "Gửi tới 4 nhóm (hơn 3) cần người thứ hai duyệt, nên chưa gửi gì cả." in result.stdout
    assert staffed.read(counts) == (0, 0, 0, 0)
    enough = {"LOA_BROADCASTS__APPROVE_ABOVE": "4"}
    assert staffed.loa(*line("--yes"), **NO_NIGHT, **enough).exit_code == 0


def test_where_no_group_is_bound_nothing_is_sent(staffed: Office) -> None:
    result = sent(staffed, "--yes", to="X2", levels="commune")
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


def test_at_most_ten_files_are_taken(staffed: Office) -> None:
    (staffed.folder / "a.txt").write_text("a", "utf-8")
    result = sent(staffed, "--yes", *[f"--file={staffed.folder / 'a.txt'}"] * 11)
    assert (result.exit_code, "at most 10 files, not 11" in result.stderr) == (2, True)


def order(now: datetime, attachments: Sequence[Attachment] = ()) -> Order:
    day = local_day(now, ZONE)
    number, issuer, summary = (PAPER[f"--{name}"] for name in ("number", "issuer", "summary"))
    levels = ["commune", "village"]
    of_day = date(2026, 9, 9)
    return Order(number, of_day, issuer, summary, attachments, "T", levels, False, day)


async def watched(office: Office, paper: Paper, now: datetime, pause: Pause | None) -> bool:
    return await send_down(office.settings, order(now), paper.screen, now, lambda _: True, pause)


async def test_at_night_it_is_planned_for_the_morning(
    staffed: Office, store: Store, paper: Paper, now: datetime
) -> None:
    night = now.replace(hour=22)
    assert await watched(staffed, paper, night, None)
    morning = "06:00 21/11/2026"
    assert f"Đang giờ nghỉ, sẽ gửi lúc {morning}. Cần gửi ngay thì thêm --urgent." in paper.text
    assert f"Lần gửi số 1 đã được hẹn vào {morning}" in paper.text
    planned = await store.read(the_one)
    assert (planned.state, planned.start_at) == (
        BroadcastState.PLANNED,
        now.replace(hour=6) + timedelta(days=1),
    )
    assert await store.read(counts) == (1, 1, 0, 0)
    assert await watched(staffed, paper, night, None)
    assert "đã có lần gửi số 1 (🕓 Đã hẹn giờ gửi)" in paper.text
    assert await store.read(counts) == (1, 1, 0, 0)


async def test_what_is_urgent_goes_at_night(
    staffed: Office, store: Store, paper: Paper, now: datetime
) -> None:
    night = now.replace(hour=22)
    urgent = replace(order(night), urgent=True)
    settings = staffed.settings
    assert await send_down(settings, urgent, paper.screen, night, lambda _: True, None)
    assert "giờ nghỉ" not in paper.text
    going = await store.read(the_one)
    assert (going.state, going.priority) == (BroadcastState.RUNNING, Priority.URGENT)
    assert await store.read(deliveries.count_states, going.id) == {"queued": 4}


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
    assert "✅ Đã gửi xong văn bản 12/KH-UBND, Tỉnh Mẫu:" in paper.text
    assert "Đã tới nhóm: 4" in paper.text
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
    assert "Đã tới nhóm: 3" in paper.text
    assert "Thôn Đồi, Xã Một: Loa đã bị đưa ra khỏi nhóm" in paper.text


async def test_a_watch_ends_when_the_rest_is_cancelled(
    staffed: Office, store: Store, paper: Paper, now: datetime
) -> None:
    async def cancelled() -> None:
        going = await store.read(the_one)
        await store.write(deliveries.cancel, going.id, "cancelled by its sender", now)
        await store.write(broadcasts.set_state, going.id, BroadcastState.CANCELLED, now)

    assert not await watched(staffed, paper, now, cancelled)
    assert "⏹ Đã dừng gửi văn bản 12/KH-UBND" in paper.text


async def test_a_watch_ends_when_it_cannot_start(
    staffed: Office, store: Store, paper: Paper, now: datetime
) -> None:
    async def stuck() -> None:
        planned = await store.read(the_one)
        await store.write(broadcasts.set_state, planned.id, BroadcastState.PAUSED, now)

    assert not await watched(staffed, paper, now.replace(hour=22), stuck)
    assert "chưa bắt đầu được" in paper.text
    assert "loa broadcast show 1" in paper.text


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
