"""Sending a document down at somebody's order from the command line."""

import hashlib
import mimetypes
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection

from bot.handlers.announce import describe, send
from bot.house import House
from domain.message import FileKind
from domain.units import Unit
from loa.broadcast_watch import Pause, watch
from loa.commands import opened
from loa.commands.choosing import named_unit
from loa.roof import make_house
from loa.screen import Screen
from loa.settings import Settings
from scheduler.fetch import keep_bytes
from storage import broadcasts, documents, files
from storage.broadcasts import Broadcast, Plan
from storage.documents import Document


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file to send with a document."""

    name: str
    data: bytes

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be sent, and to whom."""

    number: str
    issued_on: date
    issuer: str
    summary: str
    attachment: Attachment | None
    to: str
    levels: list[str]
    day: date
    """The day of sending; an order given twice on one day is one order."""


async def send_down(
    settings: Settings,
    order: Order,
    screen: Screen,
    now: datetime,
    agreed: Callable[[str], bool],
    pause: Pause | None,
) -> bool:
    """Show an order, send it if `agreed`, and with `pause` watch it; whether it all went well.

    Raises typer.BadParameter for a unit that there is not.
    """
    house = make_house(settings)
    async with opened(settings) as store:
        aim = await store.read(_aim, order)
        if not _sendable(aim, order, screen, house):
            return False
        if not agreed(screen.text("cli.announce_ask", groups=aim.groups)):
            screen.say("cli.announce_not_sent")
            return False
        if order.attachment:
            keep_bytes(settings.data_dir / "files", order.attachment.data)
        groups, made = await store.write(_send, house, order, aim, now)
        if made is None:  # the last group left while the answer was awaited
            screen.say("cli.announce_nobody", unit=aim.unit.name)
            return False
        screen.say("cli.announce_sending" if groups else "cli.announce_sent_before", groups=groups)
        return pause is None or await watch(store, made, order.day, screen, pause)


@dataclass(frozen=True, slots=True)
class Aim:
    """Where an order goes: the unit, how many groups, how many units without one.

    `known` is the document that the unit has under that number already, `same` whether it says what
    the order says.
    """

    unit: Unit
    groups: int
    without: int
    known: Document | None
    same: bool


def _aim(c: Connection, order: Order) -> Aim:
    unit = named_unit(c, order.to, order.day, "--to")
    groups = broadcasts.targets(c, unit.id, order.levels, order.day)
    covered = broadcasts.coverage(c, unit.id, order.levels, order.day)
    known = documents.by_number(c, unit.id, order.number, order.issued_on)
    same = known is None or _says_the_same(c, known, order)
    return Aim(unit, len(groups), covered.units - covered.with_group, known, same)


def _says_the_same(c: Connection, known: Document, order: Order) -> bool:
    held = files.sha256(c, known.file_id) or "" if known.file_id else None
    given = order.attachment.sha256 if order.attachment else None
    return (known.issuer, known.summary, held) == (order.issuer, order.summary, given)


def _sendable(aim: Aim, order: Order, screen: Screen, house: House) -> bool:
    """Show what will be sent and to whom; whether it can be."""
    if aim.known and not aim.same:
        screen.say("cli.announce_differs", document=aim.known, unit=aim.unit.name)
        return False
    if not aim.groups:
        screen.say("cli.announce_nobody", unit=aim.unit.name)
        return False
    shown = Document(0, order.number, order.issued_on, order.issuer, order.summary, None, 0)
    screen.say("announce.message", **describe(shown))
    screen.say(
        "cli.announce_preview",
        file=order.attachment and order.attachment.name,
        unit=aim.unit.name,
        groups=aim.groups,
        without=aim.without,
        levels=[house.levels[level].name for level in order.levels],
    )
    return True


def _send(
    c: Connection, house: House, order: Order, aim: Aim, now: datetime
) -> tuple[int, Broadcast | None]:
    """Keep the document and fill the ledger: to how many groups (0 when done before), and as what.

    The confirmation is the order itself, so that the same command twice makes one broadcast.
    """
    document_id = aim.known.id if aim.known else _keep(c, order, aim.unit.id, now)
    said = f"{document_id} {aim.unit.id} {','.join(order.levels)} {order.day}"
    confirmation = f"command {hashlib.sha256(said.encode()).hexdigest()}"
    plan = Plan(document_id, aim.unit.id, order.levels, confirmation)
    groups = send(c, house, plan, None, None, order.day, now)
    return groups, broadcasts.by_confirmation(c, confirmation)


def _keep(c: Connection, order: Order, unit_id: int, now: datetime) -> int:
    file_id = _keep_file(c, order.attachment) if order.attachment else None
    return documents.add(
        c,
        number=order.number,
        issued_on=order.issued_on,
        issuer=order.issuer,
        summary=order.summary,
        file_id=file_id,
        unit_id=unit_id,
        created_by=None,
        now=now,
    )


def _keep_file(c: Connection, attachment: Attachment) -> int:
    mime = mimetypes.guess_type(attachment.name)[0] or "application/octet-stream"
    name, size, sha256 = attachment.name, len(attachment.data), attachment.sha256
    return files.kept(c, FileKind.DOCUMENT, name, mime, size, sha256)
