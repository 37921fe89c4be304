"""The bots of `benchmarks.friday`, each a process: `python -m benchmarks.friday_bots NAME …`.

All ask the same eight numbers, and then for a last "gửi báo cáo". Each begins with a dialogue open
in every chat of CHATS (a line each: chat and person), at the first question, says "ready", and runs
until it is killed.
"""

import argparse
import asyncio
import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, distinct, func, insert, select

from benchmarks.friday_peers import PEERS, QUESTIONS, Dialogues
from benchmarks.platform import ACCOUNT, FREE, TOKEN, ZONE, now, pin, queue_document, say
from benchmarks.sender import Drains
from bot.channels.telegram import TelegramChannel
from bot.data_sets import remember
from bot.receive import poll
from domain.data_set import DataElement, DataSet
from storage import chats, schema
from storage.migrate import upgrade
from storage.store import Store, opened_store

if TYPE_CHECKING:
    from bot.house import House

FORM = DataSet(
    "friday",
    1,
    "Báo cáo tuần",
    ("village",),
    tuple(DataElement(f"q{at}", f"Câu {at}", text) for at, text in enumerate(QUESTIONS, 1)),
)
OURS = "loa"


async def loa(
    folder: Path, url: str, dialogues: Dialogues, per_second: float, document: bool
) -> None:
    from bot.handlers import make_dispatch
    from bot.road import Road

    async with opened_store(f"sqlite:///{folder / 'loa.db'}") as store:
        await prepare(store, dialogues, document=document)
        channel = await TelegramChannel.open(ACCOUNT, TOKEN, url, per_second)
        drain = Drains(store, lambda: None).open(channel)
        road = Road(store, form_house(), make_dispatch(), now, drain.wake)
        say("ready")
        await asyncio.gather(drain.run(), poll(channel, road, None))


def form_house() -> "House":
    """The whole content, and no report but this one."""
    from loa.roof import make_house
    from loa.settings import Settings

    return replace(make_house(Settings()), data_sets={FORM.id: FORM})


async def prepare(
    store: Store,
    dialogues: Dialogues,
    *,
    document: bool = False,
    accounts: Sequence[str] = (ACCOUNT,),
) -> None:
    """All tables, and a dialogue open in every chat."""
    await store.write(upgrade)
    await store.write(remember, {FORM.id: FORM}, now())
    await store.write(open_dialogues, dialogues, document, accounts)


def open_dialogues(
    c: Connection, dialogues: Dialogues, document: bool, accounts: Sequence[str]
) -> None:
    """A unit with a group, a member and a report begun for each; a document on its way to all.

    They take turns in the accounts.
    """
    for account in accounts:
        chats.open_account(c, account, None)
    for table, rows in _rows(dialogues, cycle(accounts)).items():
        c.execute(insert(schema.metadata.tables[table]), rows)
    if document:
        queue_document(c, 1, ["village"], now())


def check_reports(c: Connection, count: int) -> None:
    """Raises RuntimeError unless so many groups have handed in their report, and it says "12"."""
    value = schema.report_value.c
    found = select(func.count(distinct(value.report_id)), func.sum(value.number))
    reports, total = c.execute(found).one()
    if (reports, total) != (count, count * len(QUESTIONS) * 12):
        raise RuntimeError(f"{count} reports were handed in, but {reports} are there: {total}")


def _rows(dialogues: Dialogues, accounts: Iterator[str]) -> Mapping[str, list[dict[str, object]]]:
    at, day = now(), now().date()
    period = FORM.period_at(at, ZONE).id
    data: dict[str, object] = {"data_set": FORM.id, "version": FORM.version, "period": period}
    tables: dict[str, list[dict[str, object]]] = {}
    row: Mapping[str, object]
    for number, ((chat, person), account) in enumerate(zip(dialogues, accounts, strict=False), 1):
        begun = data | {"unit": number, "element": FORM.elements[0].id}
        draft = data | {"unit_id": number, "answers": {}, "person_id": number, "updated_at": at}
        for table, row in (
            ("unit", {"code": f"V{number}", "name": f"Thôn {number}", "level": "village"}),
            ("person", {"name": f"Thành viên {number}", "created_at": at}),
            ("chat", _account(account, chat) | {"kind": "group", "unit_id": number}),
            ("identity", _account(account, person) | {"person_id": number}),
            (
                "membership",
                {"person_id": number, "unit_id": number, "role": "member", "since": day},
            ),
            ("draft", draft),
            ("session", _session(number, begun, at)),
        ):
            known = {"id": number} if table in ("unit", "person", "chat") else {}
            tables.setdefault(table, []).append({**known, **row})
    return tables


def _account(account: str, platform_id: int) -> dict[str, object]:
    return {"account_id": account, "platform_id": str(platform_id)}


def _session(number: int, data: Mapping[str, object], at: datetime) -> dict[str, object]:
    return {
        "chat_id": number,
        "person_id": number,
        "step": "report_answer.answer",
        "data": data,
        "choices": [],
        "serial": 1,
        "updated_at": at,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m benchmarks.friday_bots")
    parser.add_argument("name", choices=[OURS, *PEERS])
    parser.add_argument("folder", type=Path)
    parser.add_argument("url")
    parser.add_argument("chats", type=Path)
    parser.add_argument("--per-second", type=float, default=FREE)
    parser.add_argument("--document", action="store_true", help="ours: send one to all meanwhile")
    given = parser.parse_args()
    pin(1)
    logging.basicConfig(level=logging.ERROR, force=True)
    lines = given.chats.read_text().splitlines()
    dialogues = [(int(chat), int(person)) for chat, person in map(str.split, lines)]
    if given.name == OURS:
        asyncio.run(loa(given.folder, given.url, dialogues, given.per_second, given.document))
    else:
        asyncio.run(PEERS[given.name](given.folder, given.url, dialogues))


if __name__ == "__main__":
    main()
