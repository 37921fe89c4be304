"""How a file goes out by an account: by the platform's id as long as it holds, else as bytes."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection

from domain.channel import Capabilities, FileOut
from domain.message import FileIn, FileKind
from storage import chats, deliveries, files
from storage.contents import Shelf, read_contents
from storage.deliveries import Letter
from storage.store import Store

CAN = Capabilities(upload_life=timedelta(days=10))
SHELF = Shelf("var/files", lambda file_id: f"https://loa.example/file/{file_id}", CAN)
SENT = FileIn(FileKind.DOCUMENT, "theirs", "a.pdf", size=7)


@pytest.mark.parametrize(
    ("resendable", "uploaded_days_ago", "life", "platform_id"),
    [
        (True, None, None, "theirs"),
        (False, None, None, ""),
        (False, 8, 10, "ours"),
        (False, 9, 10, ""),
        (False, 400, None, "ours"),
        (True, 9, 10, ""),
    ],
)
async def test_an_id_is_used_as_long_as_it_sends_the_file(
    resendable: bool,
    uploaded_days_ago: int | None,
    life: int | None,
    platform_id: str,
    store: Store,
    now: datetime,
) -> None:
    can = Capabilities(upload_life=timedelta(days=life) if life else None)

    def work(c: Connection) -> FileOut:
        chats.open_account(c, "a", None)
        file_id = files.received(c, "a", replace(SENT, resendable=resendable), now)
        files.arrived(c, file_id, "0" * 64)
        if uploaded_days_ago is not None:
            files.copied(c, file_id, "a", "ours", now - timedelta(days=uploaded_days_ago))
        (content,) = deliveries.keep_contents(c, Letter(0, "", file_ids=(file_id,)))
        found = read_contents(c, "a", replace(SHELF, can=can), [content], now)
        return found[content][0].files[0]

    sent = await store.write(work)
    assert sent == FileOut(
        FileKind.DOCUMENT,
        "a.pdf",
        f"var/files/{'0' * 64}",
        platform_id,
        7,
        "https://loa.example/file/1",
    )
    assert can.uploads(sent) == (not platform_id)


async def test_a_file_that_was_wiped_meanwhile_never_comes(store: Store, now: datetime) -> None:
    def work(c: Connection) -> FileOut:
        (content,) = deliveries.keep_contents(c, Letter(0, "", file_ids=(99,)))
        return read_contents(c, "a", SHELF, [content], now)[content][0].files[0]

    sent = await store.write(work)
    assert sent == FileOut(FileKind.DOCUMENT, "")
