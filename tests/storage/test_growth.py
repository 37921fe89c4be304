from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import Connection, insert, update

from domain.growth import Coverage, Headcount, Network
from domain.people import Role
from storage import growth, people, schema, units
from storage.store import Store
from tests.messenger import WITH_BUTTONS, Memory
from tests.world import add_unit, build, read_world

BEFORE, AFTER = date(2026, 5, 13), date(2026, 5, 26)
VILLAGE = ["village"]


def founded(c: Connection, now: datetime) -> None:
    """The small world, to which a village came on 20 May, and whose people came before."""
    build(c, read_world(), Memory(WITH_BUTTONS), now)
    c.execute(update(schema.membership).values(since=date(2026, 5, 1)))
    add(c, "T22", "X2", date(2026, 5, 20))


def add(c: Connection, code: str, parent: str, opened: date) -> int:
    return add_unit(c, code, "village", of(c, parent), since=opened, opened_on=opened)


def of(c: Connection, code: str) -> int:
    unit = units.by_code(c, code)
    assert unit
    return unit.id


def counted(c: Connection, code: str, days: Sequence[date] = (BEFORE, AFTER)) -> list[Network]:
    return growth.networks(c, of(c, code), VILLAGE, days)


async def test_a_team_counts_from_the_day_on_which_it_was_opened(
    store: Store, now: datetime
) -> None:
    await store.write(founded, now)
    before, after = await store.read(counted, "T")
    assert (before.whole, after.whole) == (Headcount(3, 6), Headcount(4, 6))
    ids = {code: await store.read(of, code) for code in ("X1", "X2")}
    assert before.branches == {ids["X1"]: Headcount(2, 3), ids["X2"]: Headcount(1, 3)}
    assert after.branches[ids["X2"]] == Headcount(2, 3)
    assert after.coverage == (Coverage("province", 1, 1), Coverage("commune", 2, 2))


async def test_who_is_in_two_teams_counts_once(store: Store, now: datetime) -> None:
    def join(c: Connection) -> None:
        founded(c, now)
        members = people.holders(c, of(c, "T11"), {Role.MEMBER})
        people.give_role(c, members[0].id, of(c, "T21"), Role.MEMBER, BEFORE)

    await store.write(join)
    (_, after) = await store.read(counted, "T")
    assert after.whole.members == 6
    assert sum(each.members for each in after.branches.values()) == 7


async def test_who_has_left_counts_until_the_day_before(store: Store, now: datetime) -> None:
    def leave(c: Connection) -> None:
        founded(c, now)
        team = schema.membership.c.unit_id == of(c, "T21")
        c.execute(update(schema.membership).where(team).values(until=AFTER))

    await store.write(leave)
    before, after = await store.read(counted, "X2")
    assert (before.whole.members, after.whole.members) == (3, 0)


async def test_a_village_that_moved_is_no_growth_of_its_new_commune(
    store: Store, now: datetime
) -> None:
    def move(c: Connection) -> None:
        founded(c, now)
        link, village = schema.unit_parent, of(c, "T12")
        c.execute(update(link).where(link.c.unit_id == village).values(until=AFTER))
        moved = {"unit_id": village, "parent_id": of(c, "X2"), "since": AFTER}
        c.execute(insert(link).values(**moved))

    await store.write(move)
    before, after = await store.read(counted, "X2")
    assert (before.whole.teams, after.whole.teams) == (2, 3)
    assert [each.whole.teams for each in await store.read(counted, "X1")] == [1, 1]


async def test_a_closed_village_is_still_there_in_the_past(store: Store, now: datetime) -> None:
    def close(c: Connection) -> None:
        founded(c, now)
        village = schema.unit.c.code == "T21"
        c.execute(update(schema.unit).where(village).values(closed_on=date(2026, 5, 15)))
        link = schema.unit_parent
        mine = link.c.unit_id == of(c, "T21")
        c.execute(update(link).where(mine).values(until=date(2026, 5, 15)))

    await store.write(close)
    days = [BEFORE, date(2026, 5, 16), AFTER]
    assert [each.whole.teams for each in await store.read(counted, "X2", days)] == [1, 0, 1]


async def test_a_team_alone_is_its_own_network(store: Store, now: datetime) -> None:
    await store.write(founded, now)
    (_, after) = await store.read(counted, "T11")
    assert (after.whole, after.coverage) == (Headcount(1, 3), ())
