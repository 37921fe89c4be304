from pathlib import Path
from typing import BinaryIO

import pytest

from sandbox.facts import Bot, BotMade, Button, Message, Posted
from sandbox.journal import Entry, Journal, JournalError, parse
from tests.sandbox.stage import AN, BOT, GROUP, PRIVATE, TOKEN, WORLD, on_stage

MESSAGE = Message(
    GROUP, 3, BOT, 5, "xin chào", buttons=((Button("Đã nhận", data="ok"),),), reply_to=2
)
ENTRIES = [Entry(1, 5.5, BotMade(Bot(BOT, "7:a", "loa_bot", "Loa"))), Entry(2, 6, Posted(MESSAGE))]


@pytest.mark.parametrize("entry", ENTRIES)
def test_an_entry_survives_its_line(entry: Entry) -> None:
    assert parse(entry.line()) == entry


def test_a_torn_last_line_is_taken_away(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    for entry in ENTRIES:
        journal.append(entry.line())
    journal.close()
    path = tmp_path / "journal.jsonl"
    path.write_bytes(path.read_bytes()[:-20])
    journal = Journal(tmp_path)
    assert list(journal.entries()) == ENTRIES[:1]
    journal.append(ENTRIES[1].line())
    assert list(journal.entries()) == ENTRIES
    journal.close()


def test_a_spoilt_line_is_named(tmp_path: Path) -> None:
    (tmp_path / "journal.jsonl").write_bytes(ENTRIES[0].line() + b"\n{}\n")
    journal = Journal(tmp_path)
    with pytest.raises(JournalError, match=r"journal\.jsonl, line 2: not a journal line"):
        list(journal.entries())
    journal.close()


def test_a_journal_has_one_owner(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    with pytest.raises(JournalError, match="in use by another sandbox"):
        Journal(tmp_path)
    journal.close()


def test_the_same_bytes_are_kept_once(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    assert journal.keep("văn bản".encode()) != journal.keep("khác".encode())
    assert journal.bytes_of(journal.keep("văn bản".encode())) == "văn bản".encode()
    journal.close()
    assert len(list((tmp_path / "files").iterdir())) == 2


async def test_a_restart_goes_on_where_it_stopped(tmp_path: Path) -> None:
    async with on_stage(tmp_path) as stage:
        await stage.act("say", person=AN, bot="loa_bot", text="một")
        await stage.act("say", person=AN, bot="loa_bot", text="hai")
        first = (await stage.call("getUpdates"))[0]
        await stage.call("getUpdates", offset=first["update_id"] + 1)
        files = {"document": ("a.pdf", b"%PDF-1.7 a")}
        sent = await stage.http.post(
            f"/bot{TOKEN}/sendDocument", data={"chat_id": str(AN)}, files=files
        )
        file_id = sent.json()["result"]["document"]["file_id"]
        before = await stage.ask(f"/chats/{PRIVATE}/messages")
    async with on_stage(tmp_path, empty=True) as stage:
        assert await stage.ask(f"/chats/{PRIVATE}/messages") == before
        assert [each["message"]["text"] for each in await stage.updates()] == ["hai"]
        await stage.act("say", person=AN, bot="loa_bot", text="ba")
        (third,) = await stage.updates()
        assert third["update_id"] == first["update_id"] + 2
        assert (await stage.http.get(f"/sandbox/files/{file_id}")).content == b"%PDF-1.7 a"
        assert (await stage.act("bulk", **WORLD))["created"] == 0


def _full_disk() -> BinaryIO:
    return Path("/dev/full").open("ab", buffering=0)


async def test_a_full_disk_is_told_and_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with on_stage(tmp_path) as stage:
        await stage.act("say", person=AN, bot="loa_bot", text="một")
        with _full_disk() as full, monkeypatch.context() as patch:
            patch.setattr(stage.running.sandbox.world.keeper, "_out", full)
            body = {"person": AN, "bot": "loa_bot", "text": "hai"}
            answer = await stage.http.post("/sandbox/say", json=body)
            assert answer.status_code == 507
            assert "No space left on device" in answer.json()["error"]
            assert (await stage.fail("sendMessage", chat_id=AN, text="ba"))[0] == 500
        found = (await stage.ask(f"/chats/{PRIVATE}/messages"))["messages"]
        assert [each["text"] for each in found] == ["một"]
