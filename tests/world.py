"""The world of the conversations: its units, people, groups and codes, and what befalls them."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Table, delete, insert, select, update

from bot.yaml_file import YamlFile
from domain.broadcast import QuietHours
from domain.message import Chat, ChatKind, Sender
from domain.people import Role
from domain.units import Level
from storage import chats, codes, people, reports, schema, units
from storage.codes import JoinCode
from storage.copying import number_on
from storage.reports import Form
from storage.rows import add_row
from tests.messenger import Memory

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
WORLD = Path(__file__).parent / "bot" / "conversations" / "world.yaml"
LEVELS = (
    Level("province", "tỉnh"),
    Level("commune", "xã", ("province",), False),
    Level("village", "thôn", ("commune",), True),
)
NIGHT = QuietHours(time(21), time(6), ZONE)
_built: dict[object, dict[Table, list[dict[str, Any]]]] = {}


@cache
def read_world() -> dict[str, Any]:
    world: dict[str, Any] = YamlFile.read(WORLD).data
    return world


def furnish(c: Connection, channel: Memory, now: datetime) -> None:
    """Make the world of the conversations: built once, and put into other databases as rows."""
    key = c.dialect.name, channel.account, channel.capabilities, now
    if any(c.execute(select(table).limit(1)).first() for table in (schema.account, schema.person)):
        build(c, read_world(), channel, now)
    elif key in _built:
        for table, rows in _built[key].items():
            c.execute(insert(table), rows)
            number_on(c, table)
    else:
        build(c, read_world(), channel, now)
        every = {
            table: c.execute(select(table)).mappings() for table in schema.metadata.sorted_tables
        }
        _built[key] = {
            table: rows for table, found in every.items() if (rows := [*map(dict, found)])
        }


def build(c: Connection, world: dict[str, Any], channel: Memory, now: datetime) -> None:
    """Make the world's units, groups, people and codes."""
    account = channel.account
    chats.open_account(c, account, None, channel.capabilities)
    ids: dict[str, int] = {}
    for code, (name, level, parent) in world["units"].items():
        ids[code] = add_unit(c, code, level, ids.get(parent), name=name)
    for group, code in world["groups"].items():
        chat = chats.seen(c, account, Chat(group, ChatKind.GROUP, group))
        if code:
            chats.bind(c, chat.id, ids[code])
    for who, roles in world["people"].items():
        person = people.add(c, account, Sender(who, who.title()), now)
        chat = chats.seen(c, account, Chat(who, ChatKind.PRIVATE, who), now)
        chats.belongs_to(c, chat.id, person.id)
        for role, code in roles:
            people.give_role(c, person.id, ids[code], Role(role), now.date())
    for code, made in world["codes"].items():
        role = Role(made["role"]) if made.get("role") else None
        expires_at = now + timedelta(days=made.get("days", 30))
        join_code = JoinCode(code, ids[made["unit"]], role, expires_at, made.get("uses", 1))
        codes.add(c, join_code, None, now)
    for name, code, role in world["listed"]:
        listed = add_row(c, schema.person, name=name, created_at=now)
        people.give_role(c, listed, ids[code], Role(role), now.date())


def add_unit(
    c: Connection,
    code: str,
    level: str,
    parent_id: int | None = None,
    *,
    since: date = date(2025, 7, 1),
    **given: Any,
) -> int:
    """A unit, under another from a day on; its number. It is called by its code if by no name."""
    unit_id = add_row(c, schema.unit, **{"code": code, "name": code, "level": level} | given)
    if parent_id is not None:
        link = {"unit_id": unit_id, "parent_id": parent_id, "since": since}
        c.execute(insert(schema.unit_parent).values(**link))
    return unit_id


def rearrange(c: Connection, step: dict[str, Any]) -> None:
    """Close units, or give them another parent, from a day on."""
    ids = {
        code: unit_id for unit_id, code in c.execute(select(schema.unit.c.id, schema.unit.c.code))
    }
    for code, day in step.get("closes", {}).items():
        closed = update(schema.unit).where(schema.unit.c.id == ids[code])
        c.execute(closed.values(closed_on=date.fromisoformat(day)))
    for code, (parent, day) in step.get("moves", {}).items():
        since, link = date.fromisoformat(day), schema.unit_parent
        c.execute(update(link).where(link.c.unit_id == ids[code]).values(until=since))
        c.execute(insert(link).values(unit_id=ids[code], parent_id=ids[parent], since=since))


def file_reports(c: Connection, step: dict[str, Any], now: datetime) -> None:
    """Hand in the same weekly report for each of these periods: by unit, numbers by element."""
    person_id = c.execute(select(schema.person.c.id).limit(1)).scalar_one()
    for code, answers in step["reported"].items():
        unit = units.by_code(c, code)
        assert unit
        given = {element: Decimal(number) for element, number in answers.items()}
        for period in step["periods"]:
            form = Form("weekly_activity", 1, period, unit.id)
            reports.submit(c, form, given, person_id, now, no_activity=not given)


def vanish(c: Connection, name: str) -> None:
    """Lose a file: its bytes, and every account's copy."""
    lost = select(schema.file.c.id).where(schema.file.c.name == name)
    c.execute(delete(schema.file_copy).where(schema.file_copy.c.file_id.in_(lost)))
    c.execute(update(schema.file).where(schema.file.c.id.in_(lost)).values(sha256=None))


def serve_only(c: Connection, account_id: str, code: str) -> None:
    """Let an account be there for one unit and all below it."""
    unit_id = select(schema.unit.c.id).where(schema.unit.c.code == code).scalar_subquery()
    mine = schema.account.c.id == account_id
    c.execute(update(schema.account).where(mine).values(unit_id=unit_id))
