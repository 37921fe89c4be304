"""Sending a document down at somebody's order from the command line."""

import hashlib
import mimetypes
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import Connection

from bot.broadcast import describe
from bot.house import House
from bot.launch import obstacle, shortage, start
from bot.words import Said
from domain.broadcast import BroadcastState
from domain.message import FileKind
from domain.units import Unit
from loa.broadcast_watch import Pause, watch
from loa.commands.choosing import named_unit
from loa.commands.operator import operated
from loa.roof import make_house
from loa.screen import Screen
from loa.settings import Settings
from scheduler.fetch import keep_bytes
from storage import audience, broadcasts, documents, files, standing
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
    attachments: Sequence[Attachment]
    to: str
    levels: list[str]
    urgent: bool
    """Whether it goes in the quiet hours too."""
    day: date
    """The day of sending; an order given twice on one day is one order."""


@dataclass(frozen=True, slots=True)
class Draft:
    """An order as a plan, how many groups there are for it, and how many units have none.

    `said` is what became of it, or why nothing will; `made` the broadcast that it is.
    """

    plan: Plan
    unit: Unit
    document: Document
    groups: int
    without: int
    said: Said | None
    made: Broadcast | None


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
    async with operated(settings) as store:
        draft = await store.write(_try, house, order, now)
        if draft.said is None:
            _show(draft, order, screen, house, now)
            if not agreed(screen.text("cli.announce_ask", groups=draft.groups)):
                screen.say("cli.announce_not_sent")
                return False
            for each in order.attachments:
                keep_bytes(settings.files_dir, each.data)
            # The tree and the groups may have changed while the answer was awaited.
            draft = await store.write(_send, house, order, now)
        assert draft.said
        screen.say(draft.said.key, **draft.said.values)
        if draft.made is None:
            return False
        return pause is None or await watch(store, house, draft.made.id, order.day, screen, pause)


def _show(draft: Draft, order: Order, screen: Screen, house: House, now: datetime) -> None:
    """Show what will be sent, to whom and when."""
    screen.say("document.message", **describe(draft.document), line="")
    screen.say(
        "cli.announce_preview",
        files=[each.name for each in order.attachments],
        unit=draft.unit.name,
        groups=draft.groups,
        without=draft.without,
        levels=[house.levels[level].name for level in order.levels],
        held=draft.plan.start_at > now,
        at=draft.plan.start_at,
    )


def _try(c: Connection, house: House, order: Order, now: datetime) -> Draft:
    """What an order will be; nothing of it is kept."""
    with c.begin_nested() as trial:
        draft = _draft(c, house, order, now)
        trial.rollback()
    return draft


def _send(c: Connection, house: House, order: Order, now: datetime) -> Draft:
    """Keep the document and make the broadcast, or nothing at all."""
    with c.begin_nested() as trial:
        draft = _draft(c, house, order, now)
        if draft.said:
            trial.rollback()
            return draft
        made = broadcasts.create(c, draft.plan, BroadcastState.PLANNED, None, None, now)
        assert made is not None  # _draft has looked for it in this transaction
        start(c, house, broadcasts.get(c, made), now)
    broadcast = broadcasts.get(c, made)
    return replace(draft, said=_told(broadcast, draft.groups), made=broadcast)


def _told(made: Broadcast, groups: int) -> Said:
    if made.state is BroadcastState.PLANNED:
        return Said("cli.announce_planned", {"at": made.start_at, "broadcast_id": made.id})
    return Said("cli.announce_sending", {"groups": groups, "broadcast_id": made.id})


def _draft(c: Connection, house: House, order: Order, now: datetime) -> Draft:
    """Keep the document of an order, unless it is known, and look at what stands in the way."""
    unit = named_unit(c, order.to, order.day, "--to")
    document = documents.get(c, _keep(c, order, unit.id, now))
    plan = _plan(house, order, document.id, unit.id, now)
    groups = audience.by_account(c, unit.id, order.levels, order.day)
    count = sum(groups.values())
    covered = standing.coverage(c, unit.id, order.levels, order.day)
    same = _says_the_same(c, order, document)
    made = broadcasts.by_confirmation(c, plan.confirmation) if same else None
    differs = Said("cli.announce_differs", {"document": document, "unit": unit.name})
    said = (
        _made_before(made)
        or obstacle(c, plan, groups)
        or (None if same else differs)
        or shortage(c, house, plan, groups, now)
        or _too_many(house, count)
    )
    return Draft(plan, unit, document, count, covered.units - covered.with_group, said, made)


def _plan(house: House, order: Order, document_id: int, unit_id: int, now: datetime) -> Plan:
    """The confirmation is the order itself, so that the same command twice makes one broadcast."""
    said = f"{document_id} {unit_id} {','.join(order.levels)} {order.day}"
    confirmation = f"command {hashlib.sha256(said.encode()).hexdigest()}"
    at = now if order.urgent else house.quiet.over(now)
    return Plan(document_id, unit_id, order.levels, confirmation, at, order.urgent)


def _says_the_same(c: Connection, order: Order, document: Document) -> bool:
    """Whether what is kept under that number is what the order says."""
    held = [files.sha256(c, each.id) for each in documents.files_of(c, document.id)]
    given = [each.sha256 for each in order.attachments]
    return (document.issuer, document.summary, held) == (order.issuer, order.summary, given)


def _made_before(made: Broadcast | None) -> Said | None:
    if made is None:
        return None
    return Said("cli.announce_sent_before", {"broadcast_id": made.id, "state": made.state})


def _too_many(house: House, groups: int) -> Said | None:
    """That a second person has to approve so large a broadcast, which is done in the chat."""
    limit = house.limits.approve_above
    if not 0 < limit < groups:
        return None
    return Said("cli.announce_approval", {"groups": groups, "limit": limit})


def _keep(c: Connection, order: Order, unit_id: int, now: datetime) -> int:
    if known := documents.by_number(c, unit_id, order.number, order.issued_on):
        return known.id
    return documents.add(
        c,
        number=order.number,
        issued_on=order.issued_on,
        issuer=order.issuer,
        summary=order.summary,
        file_ids=[_keep_file(c, each, now) for each in order.attachments],
        unit_id=unit_id,
        created_by=None,
        now=now,
    )


def _keep_file(c: Connection, attachment: Attachment, now: datetime) -> int:
    mime = mimetypes.guess_type(attachment.name)[0] or "application/octet-stream"
    name, size, sha256 = attachment.name, len(attachment.data), attachment.sha256
    return files.kept(c, FileKind.DOCUMENT, name, mime, size, sha256, now)
