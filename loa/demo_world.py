"""The demonstration's people and groups: made in the sandbox, and made known to Loa."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from bot.words import Words
from domain.message import Chat, ChatKind
from domain.people import Role
from loa.demo_lines import LINES, TELEGRAM, Line, post
from storage import chats
from storage.schema import identity, membership, person, unit, unit_parent
from storage.upsert import insert_new

PROVINCE = "08"
NEWCOMER, NEW_GROUP = "newcomer", "new-group"


@dataclass(frozen=True, slots=True)
class Actor:
    """A person of the province, as the database has them."""

    id: int
    name: str
    role: Role
    unit_code: str

    @property
    def key(self) -> str:
        return f"person-{self.id}"


@dataclass(frozen=True, slots=True)
class Place:
    """A unit with the names of itself and of the unit above it."""

    id: int
    code: str
    name: str
    level: str
    parent_code: str


@dataclass(frozen=True, slots=True)
class Province:
    """What is staged: units by code, and the people of each."""

    places: dict[str, Place]
    people: dict[str, list[Actor]]

    def line(self, code: str) -> Line:
        """The account that serves a unit."""
        above = (code, self.places[code].parent_code)
        return next(line for line in LINES if line.unit in above or line is TELEGRAM)


def read_province(c: Connection) -> Province:
    """The units and people that were imported."""
    above = unit.alias("above")
    of_units = (
        select(unit.c.id, unit.c.code, unit.c.name, unit.c.level, above.c.code)
        .outerjoin(unit_parent, unit_parent.c.unit_id == unit.c.id)
        .outerjoin(above, above.c.id == unit_parent.c.parent_id)
        .order_by(unit.c.code)
    )
    places = {row.code: Place(*row[:4], row[4] or "") for row in c.execute(of_units)}
    of_people = (
        select(person.c.id, person.c.name, membership.c.role, unit.c.code)
        .join(membership, membership.c.person_id == person.c.id)
        .join(unit, unit.c.id == membership.c.unit_id)
        .order_by(person.c.id)
    )
    people: dict[str, list[Actor]] = defaultdict(list)
    for person_id, name, role, code in c.execute(of_people):
        people[code].append(Actor(person_id, name, Role(role), code))
    return Province(places, people)


@dataclass(frozen=True, slots=True)
class DemoWorld:
    """The sandbox at `url`, and the words for what is in it."""

    url: str
    words: Words

    async def build(self, province: Province) -> "Staged":
        """Make everybody and every group in the sandbox; what is there already stays."""
        people = [*self._people(province), self._newcomer()]
        groups = [*self._groups(province), self._new_group(province)]
        made = await post(self.url, "bulk", {"people": people, "groups": groups, "quiet": True})
        return Staged(
            {each["key"]: id_ for each, id_ in zip(people, made["people"], strict=True)},
            {each["key"]: id_ for each, id_ in zip(groups, made["groups"], strict=True)},
            bool(made["created"]),
        )

    async def greet(self, province: Province, staged: "Staged") -> None:
        """Let coordinators, and on Zalo everybody, write to Loa first: no bot may begin."""
        for code, actors in province.people.items():
            line = province.line(code)
            for actor in actors:
                if line is not TELEGRAM or actor.role is Role.COORDINATOR:
                    first = {"person": staged.people[actor.key], "bot": line.bot, "text": "/start"}
                    await post(self.url, "say", first)

    def _people(self, province: Province) -> Iterable[dict[str, Any]]:
        for code, actors in province.people.items():
            for actor in actors:
                yield {
                    "key": actor.key,
                    "name": actor.name,
                    "label": self.words(f"role.{actor.role}").capitalize(),
                    "folder": _folder(province, code),
                }

    def _newcomer(self) -> dict[str, Any]:
        name, label = self.words("demo.newcomer"), self.words("demo.newcomer_label")
        return {"key": NEWCOMER, "name": name, "label": label, "folder": []}

    def _groups(self, province: Province) -> Iterable[dict[str, Any]]:
        for code, place in province.places.items():
            above = province.people[place.parent_code] if place.parent_code else []
            line = province.line(code)
            yield {
                "key": _group_key(line, code),
                "messenger": line.messenger,
                "title": self.words("demo.group", unit=place.name, above=_above(province, code)),
                "members": [actor.key for actor in [*province.people[code], *above[:1]]],
                "bots": [line.bot],
                "folder": _folder(province, code),
            }

    def _new_group(self, province: Province) -> dict[str, Any]:
        top = next(a for a in province.people[PROVINCE] if a.role is Role.COORDINATOR)
        title = self.words("demo.new_group")
        return {"key": NEW_GROUP, "title": title, "members": [top.key, NEWCOMER], "folder": []}


@dataclass(frozen=True, slots=True)
class Staged:
    """The sandbox's ids of people and groups, by key; `new` when something was made."""

    people: dict[str, int]
    groups: dict[str, str]
    new: bool


def _above(province: Province, code: str) -> str:
    place = province.places[code]
    is_village = place.level == "village"
    return province.places[place.parent_code].name if is_village else ""


def _folder(province: Province, code: str) -> list[str]:
    """Where it stands on the chat page: under its commune, or under the province."""
    place = province.places[code]
    return [province.places[place.parent_code].name if place.level == "village" else place.name]


def make_known(c: Connection, province: Province, staged: Staged) -> None:
    """Let Loa know whom the sandbox's people are and whose groups its groups are."""
    for line in LINES:
        chats.open_account(c, line.account, None)
    for code, place in province.places.items():
        line = province.line(code)
        for actor in province.people[code]:
            called = line.person(staged.people[actor.key])
            known = {"account_id": line.account, "platform_id": called, "person_id": actor.id}
            insert_new(c, identity, **known)
        group = line.group(staged.groups[_group_key(line, code)])
        chat = chats.seen(c, line.account, Chat(group, ChatKind.GROUP))
        if chat.unit_id is None:
            chats.bind(c, chat.id, place.id)


def _group_key(line: Line, code: str) -> str:
    return f"group-{code}" if line is TELEGRAM else f"group-{line.account}-{code}"
