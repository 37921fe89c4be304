"""Albums and captions against the sandbox, over HTTP."""

from pathlib import Path
from typing import Any

import pytest

from bot.channels.telegram import TelegramChannel
from bot.channels.telegram_updates import parse
from domain.channel import MAX_CAPTION, Content, FileOut, Refused
from domain.message import FileIn, FileKind, Message
from tests.sandbox.stage import AN, GROUP, Stage
from tests.sandbox.test_sending import picture


def photos(tmp_path: Path, count: int) -> tuple[FileOut, ...]:
    for number in range(count):
        (tmp_path / str(number)).write_bytes(picture(4 + number))
    return tuple(FileOut(FileKind.PHOTO, "", str(tmp_path / str(each))) for each in range(count))


async def shown(stage: Stage) -> list[dict[str, Any]]:
    page = await stage.ask(f"/chats/{GROUP}/messages?limit=20")
    messages: list[dict[str, Any]] = page["messages"]
    return [each for each in messages if each.get("file")]


async def test_photos_go_as_one_album_with_its_words(
    channel: TelegramChannel, stage: Stage, tmp_path: Path
) -> None:
    sent = await channel.send(GROUP, Content("<b>Ảnh</b> lớp học", files=photos(tmp_path, 3)))
    found = await shown(stage)
    assert [(each["file"]["kind"], each.get("text", "")) for each in found] == [
        ("photo", "Ảnh lớp học"),
        ("photo", ""),
        ("photo", ""),
    ]
    assert str(found[0]["id"]) == sent.message_id
    bytes_of = [await channel.fetch(FileIn(FileKind.PHOTO, each)) for each in sent.file_ids]
    assert bytes_of == [picture(4 + number) for number in range(3)]


async def test_an_album_is_uploaded_once_and_then_named(
    channel: TelegramChannel, stage: Stage, tmp_path: Path
) -> None:
    files = photos(tmp_path, 2)
    sent = await channel.send(GROUP, Content("", files=files))
    again = tuple(FileOut(FileKind.PHOTO, "", "", each) for each in sent.file_ids)
    # What the account has and what it has not may stand in one album.
    mixed = (again[0], files[1])
    for album in (again, mixed):
        assert len((await channel.send(GROUP, Content("", files=album))).file_ids) == 2
    assert len(await shown(stage)) == 6


async def test_an_album_with_a_photo_that_vanished_is_not_sent(
    channel: TelegramChannel, stage: Stage, tmp_path: Path
) -> None:
    files = photos(tmp_path, 2)
    (tmp_path / "1").unlink()
    with pytest.raises(Refused, match="cannot be read: No such file"):
        await channel.send(GROUP, Content("a", files=files))
    assert await shown(stage) == []


async def test_a_caption_of_full_length_arrives_whole(
    channel: TelegramChannel, stage: Stage, tmp_path: Path
) -> None:
    text = f"<b>{'ế' * (MAX_CAPTION - 2)}</b>😀"
    await channel.send(GROUP, Content(text, files=photos(tmp_path, 1)))
    (found,) = await shown(stage)
    assert found["text"] == "ế" * (MAX_CAPTION - 2) + "😀"


@pytest.mark.parametrize("album", ["", "13579"])
def test_messages_of_an_album_say_so(album: str) -> None:
    group = {"media_group_id": album} if album else {}
    raw = {
        "update_id": 1,
        "message": {
            "message_id": 2,
            "date": 1_790_000_000,
            "chat": {"id": AN, "type": "private", "first_name": "An"},
            "from": {"id": AN, "is_bot": False, "first_name": "An"},
            "document": {"file_id": "a", "file_unique_id": "b", "file_name": "../../etc/a\n.pdf"},
            **group,
        },
    }
    update = parse(raw, "loa_bot", "7")
    assert isinstance(update, Message)
    assert update.album == album
    assert update.file == FileIn(FileKind.DOCUMENT, "a", "../../etc/a .pdf")
