"""Prepared statements: what goes in comes out, as by SQLAlchemy itself."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, insert, select, update
from sqlalchemy.exc import IntegrityError

from storage.listed import listed
from storage.prepared import Statement, prepared
from storage.rows import add_row
from storage.schema import account, chat, person, session, unit, usage
from storage.store import Store
from storage.upsert import put

MOMENT = datetime(2026, 11, 20, 9, 0, 0, 5, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))


@prepared
def add_account(
    c: Connection, account_id: str, albums: bool, free_at: datetime | None
) -> Statement:
    row = insert(account).values(id=account_id, albums=albums, free_at=free_at, cursor=7)
    return row.returning(account.c.id)


@prepared
def find_account(c: Connection, account_id: str) -> Statement:
    return select(account.c.albums, account.c.free_at, account.c.cursor, account.c.quota).where(
        account.c.id == account_id, account.c.cursor == 7
    )


@prepared
def count(c: Connection, account_id: str, month: date, sent: int, *, name: str) -> Statement:
    return put(c, usage, {"account_id": account_id, "month": month}, {name: sent})


@prepared
def months(c: Connection, account_ids: Sequence[int], *, names: tuple[str, ...]) -> Statement:
    columns = [usage.c[name] for name in names]
    return select(usage.c.month, *columns).where(usage.c.sent.in_(listed(c, account_ids)))


@prepared
def rename(c: Connection, code: str, name: str) -> Statement:
    return update(unit).where(unit.c.code == code).values(name=name)


@prepared
def at_levels(c: Connection, name: str, *, levels: tuple[str, ...]) -> Statement:
    return select(unit.c.code).where(unit.c.name == name, unit.c.level.in_(levels))


async def test_values_come_out_as_they_went_in(store: Store) -> None:
    def work(c: Connection) -> list[Any]:
        added = [add_account(c, "a", True, MOMENT), add_account(c, "b", False, None)]
        return [*added, find_account(c, "a"), find_account(c, "b"), find_account(c, "c")]

    one, two, a, b, nobody = await store.write(work)
    assert ([one[0].id], [two[0].id], nobody) == (["a"], ["b"], [])
    assert [tuple(row) for row in (*a, *b)] == [
        (True, MOMENT.astimezone(UTC), 7, 0),
        (False, None, 7, 0),
    ]
    assert (type(a[0].albums), a[0].free_at.tzinfo) == (bool, UTC)


async def test_a_keyword_shapes_the_statement(store: Store) -> None:
    month = date(2026, 11, 1)

    def work(c: Connection) -> list[Any]:
        add_account(c, "a", False, None)
        for number, name in ((5, "sent"), (6, "heard"), (7, "sent")):
            assert not count(c, "a", month, number, name=name)
        found = [months(c, ids, names=("sent", "heard")) for ids in ([], [5], [1, 7])]
        return [*found, months(c, [7], names=("warned",))]

    none, old, both, warned = await store.write(work)
    assert (none, old) == ([], [])
    assert [tuple(row) for row in (*both, *warned)] == [(month, 7, 6), (month, 0)]


async def test_it_runs_for_each_and_by_lists_of_values(store: Store) -> None:
    units = [{"code": code, "name": code, "level": code[0]} for code in ("a1", "b1", "c1")]

    def work(c: Connection) -> list[Any]:
        c.execute(insert(unit), units)
        rename.each(c, [])
        rename.each(c, [(each["code"], "x") for each in units])
        found = [at_levels(c, "x", levels=levels) for levels in (("a", "c"), ("b",), ())]
        return [sorted(row.code for row in rows) for rows in found]

    assert await store.write(work) == [["a1", "c1"], ["b1"], []]


async def test_json_is_kept(store: Store) -> None:
    @prepared
    def data(c: Connection, step: str) -> Statement:
        return select(session.c.data, session.c.choices).where(session.c.step == step)

    def work(c: Connection) -> Any:
        add_account(c, "a", False, None)
        keys = {
            "chat_id": add_row(c, chat, account_id="a", platform_id="1", kind="group"),
            "person_id": add_row(c, person, name="An", created_at=MOMENT),
        }
        values = {"step": "s", "data": {"á": [1, None]}, "choices": [["a", 1]], "serial": 1}
        c.execute(put(c, session, keys, values | {"updated_at": MOMENT}))
        return data(c, "s")

    ((kept, choices),) = await store.write(work)
    assert (kept, choices) == ({"á": [1, None]}, [["a", 1]])


async def test_what_the_database_refuses_is_sqlalchemys_error(store: Store) -> None:
    def work(c: Connection) -> None:
        add_account(c, "a", False, None)
        add_account(c, "a", False, None)

    with pytest.raises(IntegrityError) as refused:
        await store.write(work)
    assert "'a'" not in str(refused.value)


async def test_arguments_are_counted(store: Store) -> None:
    def work(c: Connection) -> None:
        find_account(c)  # type: ignore[call-arg]

    with pytest.raises(TypeError, match="it takes account_id"):
        await store.read(work)
