import asyncio
from collections.abc import Sequence
from datetime import UTC, date, datetime
from functools import partial
from typing import Any

from sqlalchemy import Connection, Table, func, select, text
from sqlalchemy.util import await_only

from domain.imports import Row, Sheet
from domain.people import Role
from domain.units import Level, TeamRule, TeamWarning
from storage import people
from storage.bulk import AT_ONCE
from storage.imports import (
    Imported,
    import_people,
    import_units,
    people_checked,
    units_checked,
)
from storage.rows import add_row
from storage.schema import membership, person, team, unit, unit_parent
from storage.store import Store
from storage.teams import OddTeam, odd_teams
from tests.storage.test_store import on_postgres, opened
from tests.tables import spelt, table
from tests.until import until_kept

TODAY = date(2026, 11, 20)
LATER = date(2026, 12, 1)
NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)
LEVELS = (
    Level("province", "tỉnh"),
    Level("commune", "xã", ("province",)),
    Level("village", "thôn", ("commune",)),
)
UNITS_BY: dict[str, Any] = {"levels": LEVELS, "since": TODAY}
TREE = """
code;name;level;parent_code;opened_on;decision_number;decision_date
V1;Thôn Một;thôn;08001;;1/QĐ-UBND;02/07/2025
08001;Xã Một;xã;08;01/07/2025;;
08002;Xã Hai;xã;08;01/07/2025;;
08;Tỉnh;tỉnh;;;;
"""
PEOPLE = """
unit_code;name;role;phone;it_knowledge
V1;Lê Văn Một;tổ trưởng;0912345678;x
V1;Trần Thị Ba;thành viên;;
08001;Lê Văn Một;điều phối;0912345678;
"""


def untold(name: str, done: int, total: int) -> None:
    """Nobody watches."""


async def units_of(store: Store, sheet: Sheet, since: date = TODAY) -> Imported:
    return await store.write(import_units, sheet, untold, levels=LEVELS, since=since)


async def people_of(store: Store, sheet: Sheet) -> Imported:
    return await store.write(import_people, sheet, untold, day=TODAY, now=NOW)


def rows(of: Table, c: Connection) -> Sequence[tuple[object, ...]]:
    return [tuple(row) for row in c.execute(select(of).order_by(*of.primary_key))]


async def everything(store: Store) -> list[Sequence[tuple[object, ...]]]:
    tables = (unit, unit_parent, team, person, membership)
    return [await store.read(partial(rows, each)) for each in tables]


def parents(c: Connection) -> list[tuple[str, str, date, date | None]]:
    above = unit.alias()
    query = (
        select(unit.c.code, above.c.code, unit_parent.c.since, unit_parent.c.until)
        .join(unit_parent, unit_parent.c.unit_id == unit.c.id)
        .join(above, above.c.id == unit_parent.c.parent_id)
        .order_by(unit.c.code, unit_parent.c.since)
    )
    return [(code, parent, since, until) for code, parent, since, until in c.execute(query)]


async def test_units_come_in_whatever_their_order(store: Store) -> None:
    assert await units_of(store, table(TREE)) == Imported(new=4)
    assert await store.read(parents) == [
        ("08001", "08", date(2025, 7, 1), None),
        ("08002", "08", date(2025, 7, 1), None),
        ("V1", "08001", TODAY, None),
    ]
    decided = select(team.c.decision_number, team.c.decision_date)
    found = await store.read(lambda c: c.execute(decided).all())
    assert [tuple(row) for row in found] == [("1/QĐ-UBND", date(2025, 7, 2))]


async def test_importing_twice_changes_nothing(store: Store) -> None:
    await units_of(store, table(TREE))
    await people_of(store, table(PEOPLE))
    before = await everything(store)
    assert await units_of(store, table(TREE), LATER) == Imported(unchanged=4)
    assert await people_of(store, table(PEOPLE)) == Imported(unchanged=2)
    assert await everything(store) == before


async def test_one_wrong_row_keeps_all_out(store: Store) -> None:
    empty = await everything(store)
    done = await units_of(store, table(TREE + "V2;Thôn Hai;thôn;09;;;"))
    assert [spelt(problem) for problem in done.problems] == [
        "6 parent_code unknown_parent value=09"
    ]
    assert await everything(store) == empty
    await units_of(store, table(TREE))
    before = await everything(store)
    done = await people_of(store, table(PEOPLE + "V7;Vũ Văn Tư;thành viên;;"))
    assert [spelt(problem) for problem in done.problems] == ["5 unit_code unknown_unit value=V7"]
    assert await everything(store) == before


async def test_a_new_parent_ends_the_old_one_on_its_day(store: Store) -> None:
    await units_of(store, table(TREE))
    moved = table(TREE.replace("V1;Thôn Một;thôn;08001", "V1;Thôn Mới;thôn;08002"))
    assert await units_of(store, moved, LATER) == Imported(changed=1, unchanged=3)
    assert (await store.read(parents))[2:] == [
        ("V1", "08001", TODAY, LATER),
        ("V1", "08002", LATER, None),
    ]
    name = select(unit.c.name).where(unit.c.code == "V1")
    assert await store.read(lambda c: c.execute(name).scalar()) == "Thôn Mới"


async def test_a_parent_given_wrongly_is_corrected_on_the_same_day(store: Store) -> None:
    await units_of(store, table(TREE))
    moved = table(TREE.replace("V1;Thôn Một;thôn;08001", "V1;Thôn Một;thôn;08002"))
    await units_of(store, moved)
    assert (await store.read(parents))[2:] == [("V1", "08002", TODAY, None)]


async def test_closing_and_a_new_decision_are_changes(store: Store) -> None:
    await units_of(store, table(TREE))
    sheet = table(
        "code;name;level;parent_code;closed_on;decision_number\n"
        "V1;Thôn Một;thôn;08001;01/12/2026;2/QĐ-UBND"
    )
    assert await units_of(store, sheet) == Imported(changed=1)
    closed = select(unit.c.closed_on).where(unit.c.code == "V1")
    assert await store.read(lambda c: c.execute(closed).scalar()) == LATER
    decided = select(team.c.decision_number, team.c.decision_date)
    found = await store.read(lambda c: c.execute(decided).one())
    assert tuple(found) == ("2/QĐ-UBND", date(2025, 7, 2))


async def test_people_come_in_with_their_roles(store: Store) -> None:
    await units_of(store, table(TREE))
    assert await people_of(store, table(PEOPLE)) == Imported(new=2)
    query = (
        select(person.c.name, person.c.phone, person.c.it_knowledge, membership.c.role, unit.c.code)
        .join(membership, membership.c.person_id == person.c.id)
        .join(unit, unit.c.id == membership.c.unit_id)
        .order_by(person.c.name, unit.c.code)
    )
    found = await store.read(lambda c: c.execute(query).all())
    assert [tuple(row) for row in found] == [
        ("Lê Văn Một", "+84912345678", True, "coordinator", "08001"),
        ("Lê Văn Một", "+84912345678", True, "leader", "V1"),
        ("Trần Thị Ba", None, False, "member", "V1"),
    ]


async def test_a_later_sheet_adds_and_takes_nothing_away(store: Store) -> None:
    await units_of(store, table(TREE))
    await people_of(store, table(PEOPLE))
    later = table(
        "unit_code;name;role;phone\n"
        "V1;Trần Thị Ba;thành viên;0983000001\n"
        "08002;Lê Văn Một;chuyên gia;0912345678\n"
        "V1;Vũ Văn Tư;tổ phó;"
    )
    assert await people_of(store, later) == Imported(new=1, changed=2)
    held = select(func.count()).select_from(membership).where(membership.c.until.is_(None))
    assert await store.read(lambda c: c.execute(held).scalar()) == 5
    phone = select(person.c.phone).where(person.c.name == "Trần Thị Ba")
    assert await store.read(lambda c: c.execute(phone).scalars().all()) == ["+84983000001"]


async def test_teams_of_a_wrong_size_are_listed(store: Store) -> None:
    await units_of(store, table(TREE + "V2;Thôn Hai;thôn;08002;;2/QĐ;\nV3;Thôn Ba;thôn;08002;;;"))
    sheet = table(PEOPLE + "V1;Vũ Văn Tư;tổ phó;;\nV1;Vũ Văn Tám;điều phối;;")
    assert not (await people_of(store, sheet)).problems
    rules = [TeamRule("village", least=1, most=2, least_it=2), TeamRule("commune", least=9)]
    # Who coordinates is not of the team; a village with neither decision nor members has no team.
    assert await store.read(odd_teams, rules, TODAY) == [
        OddTeam("V1", "Thôn Một", [TeamWarning("most", 2, 3), TeamWarning("least_it", 2, 1)]),
        OddTeam("V2", "Thôn Hai", [TeamWarning("least", 1, 0), TeamWarning("least_it", 2, 0)]),
    ]


def country() -> Sheet:
    """34 provinces and 3,321 communes, as Vietnam has them since July 2025."""
    provinces = [(f"{n:02d}", f"Tỉnh {n}", "tỉnh", "") for n in range(34)]
    communes = [(f"{n:05d}", f"Xã {n}", "xã", f"{n % 34:02d}") for n in range(3321)]
    header = ("code", "name", "level", "parent_code")
    cells = (dict(zip(header, each, strict=True)) for each in (*communes, *provinces))
    return Sheet(1, header, [Row(line, each) for line, each in enumerate(cells, start=2)])


async def test_a_country_comes_in_and_tells_how_far_it_is(store: Store) -> None:
    heard: list[tuple[str, int, int]] = []
    done = await store.write(
        import_units, country(), lambda *step: heard.append(step), levels=LEVELS, since=TODAY
    )
    assert done == Imported(new=3355)
    assert len(await store.read(parents)) == 3321
    assert [step for step in heard if step[0] == "unit"] == [
        ("unit", AT_ONCE, 3355),
        ("unit", 3355, 3355),
    ]
    assert await units_of(store, country()) == Imported(unchanged=3355)


async def test_what_was_checked_is_not_written_when_it_has_changed_meanwhile(store: Store) -> None:
    await units_of(store, table(TREE))
    units = await store.read(units_checked, table(TREE + "V2;Thôn Hai;thôn;08001;;;"), **UNITS_BY)
    listed = await store.read(people_checked, table(PEOPLE), day=TODAY, now=NOW)
    await units_of(store, table(TREE.replace("Xã Hai", "Xã Ba")))
    before = await everything(store)
    assert await store.write(units, untold) is None
    assert await store.write(listed, untold) is None
    assert await everything(store) == before


async def test_what_was_checked_is_written_when_nothing_has_changed(store: Store) -> None:
    units = await store.read(units_checked, table(TREE), **UNITS_BY)
    assert await store.write(units, untold) == Imported(new=4)
    listed = await store.read(people_checked, table(PEOPLE), day=TODAY, now=NOW)
    assert await store.write(listed, untold) == Imported(new=2)


async def test_a_guest_who_comes_meanwhile_does_not_undo_the_check(store: Store) -> None:
    await units_of(store, table(TREE))
    listed = await store.read(people_checked, table(PEOPLE), day=TODAY, now=NOW)
    await store.write(lambda c: add_row(c, person, name="Khách", created_at=NOW))
    assert await store.write(listed, untold) == Imported(new=2)


@on_postgres
async def test_who_joins_meanwhile_sees_what_came_in(store: Store, url: str) -> None:
    await units_of(store, table(TREE))
    found = []
    async with opened(url, busy_seconds=10) as other:

        def join(c: Connection) -> None:
            (place,) = c.execute(select(unit.c.id).where(unit.c.code == "V1")).scalars()
            found.append([each.name for each in people.unclaimed(c, place, Role.MEMBER)])
            if len(found) == 1:
                await_only(people_of(other, table(PEOPLE)))
            guest_id = add_row(c, person, name="Trần Thị Ba", created_at=NOW)
            people.give_role(c, guest_id, place, Role.MEMBER, TODAY)

        await store.write(join)
    assert found == [[], ["Trần Thị Ba"]]


def somebody_waits(c: Connection) -> bool:
    return bool(c.execute(text("SELECT count(*) FROM pg_locks WHERE NOT granted")).scalar())


@on_postgres
async def test_an_import_sees_who_joined_while_it_waited(store: Store, url: str) -> None:
    await units_of(store, table(TREE))
    listed = await store.read(people_checked, table(PEOPLE), day=TODAY, now=NOW)
    async with opened(url, busy_seconds=10) as other:

        def join(c: Connection) -> asyncio.Task[Imported | None]:
            guest_id = add_row(c, person, name="Trần Thị Ba", created_at=NOW)
            (place,) = c.execute(select(unit.c.id).where(unit.c.code == "V1")).scalars()
            people.give_role(c, guest_id, place, Role.MEMBER, TODAY)
            coming = asyncio.ensure_future(other.write(listed, untold))
            await_only(until_kept(lambda: store.read(somebody_waits)))
            return coming

        assert await (await store.write(join)) is None
