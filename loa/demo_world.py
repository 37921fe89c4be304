"""The demonstration's people and groups: made in the sandbox, and made known to Loa."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import aiohttp
from sqlalchemy import Connection, select

from bot.words import Words
from domain.message import Chat, ChatKind
from domain.people import Role
from storage import chats
from storage.schema import identity, membership, person, unit, unit_parent
from storage.upsert import insert_new

BOT = "loa_demo_bot"
TOKEN = "7000001:any-token-will-do-in-the-sandbox"
"""Not a secret: the sandbox takes what it is given, and listens on this machine only."""
ACCOUNT = "sandbox"
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
        bot = {"key": BOT, "username": BOT, "name": "Loa", "token": TOKEN, "reads_all": True}
        people = [*self._people(province), self._newcomer()]
        groups = [*self._groups(province), self._new_group(province)]
        wanted = {"bots": [bot], "people": people, "groups": groups, "quiet": True}
        made = await self._post("bulk", wanted)
        return Staged(
            {each["key"]: str(id_) for each, id_ in zip(people, made["people"], strict=True)},
            {each["key"]: id_ for each, id_ in zip(groups, made["groups"], strict=True)},
            bool(made["created"]),
        )

    async def greet(self, province: Province, staged: "Staged") -> None:
        """Let every coordinator write to Loa first: on Telegram no bot may begin."""
        for actor in coordinators(province):
            person = int(staged.people[actor.key])
            await self._post("say", {"person": person, "bot": BOT, "text": "/start"})

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
            yield {
                "key": f"group-{code}",
                "title": self.words("demo.group", unit=place.name, above=_above(province, code)),
                "members": [actor.key for actor in [*province.people[code], *above[:1]]],
                "bots": [BOT],
                "folder": _folder(province, code),
            }

    def _new_group(self, province: Province) -> dict[str, Any]:
        top = next(
            a for a in coordinators(province) if not province.places[a.unit_code].parent_code
        )
        title = self.words("demo.new_group")
        return {"key": NEW_GROUP, "title": title, "members": [top.key, NEWCOMER], "folder": []}

    async def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        async with (
            aiohttp.ClientSession(raise_for_status=True) as http,
            http.post(f"{self.url}/sandbox/{path}", json=body) as answer,
        ):
            found: dict[str, Any] = await answer.json()
            return found


@dataclass(frozen=True, slots=True)
class Staged:
    """The sandbox's ids of people and groups, by key; `new` when something was made."""

    people: dict[str, str]
    groups: dict[str, str]
    new: bool


def coordinators(province: Province) -> Iterator[Actor]:
    """Who coordinates, the province's first."""
    for code, place in province.places.items():
        if place.level != "village":
            yield from (a for a in province.people[code] if a.role is Role.COORDINATOR)


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
    chats.open_account(c, ACCOUNT, None)
    for actors in province.people.values():
        for actor in actors:
            platform_id = staged.people[actor.key]
            insert_new(c, identity, account_id=ACCOUNT, platform_id=platform_id, person_id=actor.id)
    for code, place in province.places.items():
        chat = chats.seen(c, ACCOUNT, Chat(staged.groups[f"group-{code}"], ChatKind.GROUP))
        if chat.unit_id is None:
            chats.bind(c, chat.id, place.id)
