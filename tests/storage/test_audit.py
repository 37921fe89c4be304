"""The audit trail: who used which right, kept with what was done and never rewritten."""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, select

from bot.words import CONTENT, read_templates
from domain.audit import Act, Actor
from domain.message import Chat, ChatKind, Sender
from domain.people import Role
from storage import audit, chats, codes, errands, leaves, links, people, schema, units
from storage.audit import Search
from storage.codes import JoinCode
from storage.errands import Kind
from storage.store import Store
from tests.world import add_unit

NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)
DAY = NOW.date()
ROOT = Path(__file__).parents[2]
SOURCES = [
    path
    for room in ("domain", "storage", "scheduler", "bot", "web", "loa")
    for path in sorted((ROOT / room).rglob("*.py"))
    if "migrations" not in path.parts
]
REWRITES = re.compile(r"(?:update|delete)\((?:schema\.)?audit(?:_table)?\)")


def test_every_act_is_noted_somewhere_and_has_a_name() -> None:
    code = "".join(path.read_text("utf-8") for path in SOURCES)
    assert [act for act in Act if f"Act.{act.name}" not in code] == []
    names = read_templates(CONTENT / "messages")
    assert [act for act in Act if f"act.{act}" not in names] == []


def test_nothing_but_retention_rewrites_it() -> None:
    found = [path.name for path in SOURCES if REWRITES.search(path.read_text("utf-8"))]
    assert found == []


def build(c: Connection) -> dict[str, int]:
    """A province with two communes, and a coordinator in one of them."""
    ids: dict[str, int] = {}
    for code, parent in (("T", ""), ("X1", "T"), ("X2", "T")):
        ids[code] = add_unit(c, code, "commune", ids.get(parent))
    chats.open_account(c, "memory", None)
    ids["lan"] = people.add(c, "memory", Sender("lan", "Lan"), NOW).id
    people.give_role(c, ids["lan"], ids["X1"], Role.COORDINATOR, DAY)
    ids["chat"] = chats.seen(c, "memory", Chat("nhom", ChatKind.GROUP, "Nhóm X1")).id
    return ids


def trail(c: Connection, *tops: int) -> Sequence[tuple[str, str, str | None, str | None]]:
    return [
        (line.act, line.who, line.unit, line.other) for line in audit.lines(c, Search(tops), DAY)
    ]


async def test_what_nobody_does_leaves_no_row(store: Store) -> None:
    ids = await store.write(build)
    await store.write(leaves.take, ids["X1"], DAY, DAY, ids["lan"])
    assert await store.read(trail) == []


def acting(work: Callable[[Connection, dict[str, int]], object], **who: int | str) -> object:
    def signed(c: Connection, ids: dict[str, int]) -> None:
        audit.act_as(c, Actor(NOW, **who))  # type: ignore[arg-type]  # a person's or an operator's
        work(c, ids)

    return signed


ACTS = {
    "on a unit": (
        lambda c, ids: leaves.take(c, ids["X2"], DAY, DAY, ids["lan"]),
        ("leave_noted", "Lan", "X2", None),
    ),
    "on a row that has a unit": (
        lambda c, ids: chats.bind(c, ids["chat"], ids["X2"]),
        ("group_bound", "Lan", "X2", None),
    ),
    "on a person": (
        lambda c, ids: people.give_role(c, ids["lan"], ids["X2"], Role.EXPERT, DAY),
        ("role_given", "Lan", "X2", "Lan"),
    ),
    "on neither": (
        lambda c, ids: errands.exported(c, Kind.REPORTS, ids["T"]),
        ("exported", "Lan", "T", None),
    ),
    "of a code, which is not told": (
        lambda c, ids: codes.add(c, JoinCode("SECRET22", ids["X1"], None, NOW, 1), None, NOW),
        ("invited", "Lan", "X1", None),
    ),
}


@pytest.mark.parametrize(("work", "told"), ACTS.values(), ids=ACTS)
async def test_an_act_is_written_with_who_and_on_what(
    store: Store, work: Callable[[Connection, dict[str, int]], object], told: tuple[str, ...]
) -> None:
    ids = await store.write(build)
    signed = acting(work, person_id=ids["lan"], account_id="memory", chat_id=ids["chat"])
    await store.write(signed, ids)  # type: ignore[arg-type]  # takes a connection and the ids
    assert await store.read(trail) == [told]
    (line,) = await store.read(audit.lines, Search(), DAY)
    assert (line.at, line.account_id, line.chat_title) == (NOW, "memory", "Nhóm X1")
    assert "SECRET22" not in str(line)


async def test_what_is_undone_leaves_no_row(store: Store) -> None:
    ids = await store.write(build)

    def broken(c: Connection) -> None:
        audit.act_as(c, Actor(NOW, ids["lan"]))
        chats.bind(c, ids["chat"], ids["X1"])
        raise KeyError

    with pytest.raises(KeyError):
        await store.write(broken)
    assert await store.read(trail) == []


async def test_who_acts_is_nobody_in_the_next_unit_of_work(store: Store) -> None:
    ids = await store.write(build)
    await store.write(audit.act_as, Actor(NOW, ids["lan"]))
    await store.write(chats.bind, ids["chat"], ids["X1"])
    assert await store.read(trail) == []


def three(c: Connection, ids: dict[str, int]) -> None:
    """The same in three units, by a person and by the operator."""
    audit.act_as(c, Actor(NOW, ids["lan"]))
    for code in ("T", "X1"):
        errands.exported(c, Kind.REPORTS, ids[code])
    audit.act_as(c, Actor(NOW, operator="quan-tri"))
    errands.exported(c, Kind.REPORTS, ids["X2"])


async def test_it_is_read_by_the_units_below(store: Store) -> None:
    ids = await store.write(build)
    await store.write(three, ids)
    every = await store.read(trail)
    assert [unit for *_, unit, _ in every] == ["X2", "X1", "T"]
    assert every[0][1] == "quan-tri"
    assert await store.read(trail, ids["T"]) == every
    assert await store.read(trail, ids["X1"], ids["X2"]) == every[:2]


async def test_it_is_searched_and_turned_over(store: Store) -> None:
    ids = await store.write(build)
    await store.write(three, ids)
    found = await store.read(audit.lines, Search(people=[ids["lan"]]), DAY)
    assert [line.unit for line in found] == ["X1", "T"]
    assert not await store.read(audit.lines, Search(acts=[Act.LINKED]), DAY)
    first = await store.read(audit.lines, Search(), DAY, 2)
    rest = await store.read(audit.lines, Search(before=first[-1].id), DAY, 2)
    assert [line.unit for line in (*first, *rest)] == ["X2", "X1", "T"]
    assert await store.read(audit.names, Search([ids["X2"]]), DAY) == {}
    assert await store.read(audit.names, Search(), DAY) == {ids["lan"]: "Lan"}


async def test_of_two_people_made_one_each_stays_who_acted(store: Store) -> None:
    ids = await store.write(build)
    await store.write(three, ids)

    def linked(c: Connection) -> int:
        other = people.add(c, "memory", Sender("an", "An"), NOW)
        audit.act_as(c, Actor(NOW, other.id))
        links.link(c, other.id, ids["lan"], DAY, NOW)
        return other.id

    await store.write(linked)
    who = [name for _, name, *_ in await store.read(trail)]
    assert who == ["An", "quan-tri", "Lan", "Lan"]


async def test_the_operator_s_act_on_no_unit_is_the_top_s(store: Store) -> None:
    ids = await store.write(build)

    def imported(c: Connection) -> None:
        audit.act_as(c, Actor(NOW + timedelta(days=1), operator="quan-tri"))
        audit.note(c, Act.UNITS_IMPORTED, schema.unit, "", new=3, changed=0)

    await store.write(imported)
    assert await store.read(trail, ids["T"]) == [("units_imported", "quan-tri", "T", None)]
    (row,) = await store.read(lambda c: c.execute(select(schema.audit.c.detail)).scalars().all())
    assert row == {"new": 3, "changed": 0}
    assert [each.code for each in await store.read(units.roots, DAY)] == ["T"]
