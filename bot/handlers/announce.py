"""Sending a document down: described or picked, aimed at a subtree, looked at, confirmed."""

import secrets
from datetime import date
from typing import Any

from sqlalchemy import Connection

from bot.feature import Feature
from bot.handlers import pick
from bot.house import House
from bot.turn import Answer, Turn
from domain.channel import Choice
from domain.day import parse_day
from domain.message import FileKind
from domain.people import Right
from domain.text import shorten
from storage import broadcasts, deliveries, documents, files, units
from storage.broadcasts import Plan
from storage.deliveries import Letter
from storage.documents import Document

feature = Feature("announce")

NEW, NONE, SEND, ALL = "new", "none", "send", "all"
MOST = {"number": 60, "issuer": 120, "summary": 600}
"""Characters; with its file a document must fit one message on every channel."""
LISTED = 5


@feature.command("announce")
def announce(turn: Turn, argument: str) -> None:
    tops = turn.where(Right.ANNOUNCE)
    if not tops:
        turn.say("door.not_allowed")
    elif turn.in_group:
        turn.say("door.private_only")
    elif known := documents.seen_from(turn.c, turn.line(tops[0]), LISTED):
        rows = [[(str(each.id), _label(each))] for each in known]
        new = [(NEW, turn.words("announce.new"))]
        turn.ask("announce.document", "announce.which", [[*new], *rows], {"tops": tops})
    else:
        _ask_number(turn, {"tops": tops})


def _label(document: Document) -> str:
    return shorten(f"{document.number} – {document.summary}", 60)


@feature.step("document")
def document_picked(turn: Turn, answer: Answer) -> None:
    if answer.choice == NEW:
        _ask_number(turn, turn.data)
    elif answer.choice:
        _aim(turn, turn.data["tops"], int(answer.choice))
    else:
        turn.say("door.choose")


def _ask_number(turn: Turn, data: dict[str, Any]) -> None:
    turn.ask("announce.number", "announce.ask_number", data=data)


@feature.step("number")
def number_given(turn: Turn, answer: Answer) -> None:
    if _fits(turn, answer.text, "number"):
        turn.ask("announce.date", "announce.ask_date", data=turn.data | {"number": answer.text})


def _fits(turn: Turn, text: str, field: str) -> bool:
    """Whether a text can be that field; says so when it cannot."""
    if not text:
        turn.say("announce.words_please")
    elif len(text) > MOST[field]:
        turn.say("announce.too_long", limit=MOST[field], length=len(text))
    return bool(text) and len(text) <= MOST[field]


@feature.step("date")
def date_given(turn: Turn, answer: Answer) -> None:
    try:
        issued_on = parse_day(answer.text, turn.day)
    except ValueError:
        turn.say("announce.bad_date")
        return
    if issued_on > turn.day:
        turn.say("announce.future_date")
        return
    data = turn.data | {"issued_on": issued_on.isoformat()}
    turn.ask("announce.issuer", "announce.ask_issuer", data=data)


@feature.step("issuer")
def issuer_given(turn: Turn, answer: Answer) -> None:
    if _fits(turn, answer.text, "issuer"):
        turn.ask(
            "announce.summary", "announce.ask_summary", data=turn.data | {"issuer": answer.text}
        )


@feature.step("summary")
def summary_given(turn: Turn, answer: Answer) -> None:
    if not _fits(turn, answer.text, "summary"):
        return
    data = turn.data | {"summary": answer.text}
    if turn.can.files_in:
        none = [[(NONE, turn.words("announce.no_file"))]]
        turn.ask("announce.file", "announce.ask_file", none, data)
    else:
        _keep_document(turn, data, None)


@feature.step("file")
def file_given(turn: Turn, answer: Answer) -> None:
    sent = turn.message.file
    if answer.choice == NONE:
        _keep_document(turn, turn.data, None)
    elif sent is None or sent.kind is FileKind.OTHER:
        turn.say("announce.file_please")
    elif sent.size > (limit := min(turn.can.max_file_in, turn.house.limits.file)):
        turn.say("announce.file_too_big", limit=limit // 2**20)
    else:
        file_id = files.received(turn.c, turn.chat.account_id, sent)
        _keep_document(turn, turn.data, file_id)


def _keep_document(turn: Turn, data: dict[str, Any], file_id: int | None) -> None:
    """The document is complete: keep it, and ask where it goes."""
    document_id = documents.add(
        turn.c,
        number=data["number"],
        issued_on=date.fromisoformat(data["issued_on"]),
        issuer=data["issuer"],
        summary=data["summary"],
        file_id=file_id,
        unit_id=data["tops"][0],
        created_by=turn.person.id,
        now=turn.now,
    )
    _aim(turn, data["tops"], document_id)


def _aim(turn: Turn, tops: list[int], document_id: int) -> None:
    pick.pick_unit(turn, "announce.unit", tops, {"document": document_id})


@feature.step("unit")
def unit_picked(turn: Turn, answer: Answer) -> None:
    """Ask for the levels, where the subtree has more than one."""
    unit_id = int(answer.choice)
    below = units.below(turn.c, unit_id, turn.day)
    present = {unit.level for unit in below}
    levels = [level for level in turn.house.levels.values() if level.id in present]
    data = turn.data | {"unit": unit_id}
    if len(levels) == 1:
        turn.reopen(data)
        turn.next = ("announce.levels", Answer(choice=levels[0].id))
        return
    counts = {level.id: sum(unit.level == level.id for unit in below) for level in levels}
    rows = [
        [(level.id, turn.words("announce.level", level=level.name, count=counts[level.id]))]
        for level in levels
    ]
    every = [[(ALL, turn.words("announce.all_levels"))]]
    turn.ask("announce.levels", "announce.ask_levels", [*rows, *every], data)


@feature.step("levels")
def levels_picked(turn: Turn, answer: Answer) -> None:
    """Show what will be sent and to how many, and ask for the word."""
    known = list(turn.house.levels)
    if answer.choice != ALL and answer.choice not in known:
        turn.say("door.choose")
        return
    levels = known if answer.choice == ALL else [answer.choice]
    unit = units.get(turn.c, turn.data["unit"])
    groups = broadcasts.targets(turn.c, unit.id, levels, turn.day)
    document = documents.get(turn.c, turn.data["document"])
    if not groups or document is None:
        turn.end()
        turn.say("announce.nobody", unit=unit.name)
        return
    covered = broadcasts.coverage(turn.c, unit.id, levels, turn.day)
    turn.tell(turn.chat.id, "announce.message", file_id=document.file_id, **describe(document))
    data = turn.data | {"levels": levels, "confirmation": secrets.token_hex(8)}
    choices = [[(SEND, turn.words("announce.send", groups=len(groups)))]]
    turn.ask(
        "announce.confirm",
        "announce.preview",
        choices,
        data,
        unit=unit.name,
        levels=[turn.house.levels[level].name for level in levels],
        groups=len(groups),
        without=covered.units - covered.with_group,
    )


@feature.step("confirm")
def confirmed(turn: Turn, answer: Answer) -> None:
    if answer.choice != SEND:
        turn.say("announce.not_sent")
        return
    data = turn.data
    turn.end()
    if not turn.may(Right.ANNOUNCE, data["unit"]):
        turn.say("door.not_allowed")
        return
    plan = Plan(data["document"], data["unit"], data["levels"], data["confirmation"])
    groups = send(turn.c, turn.house, plan, turn.person.id, turn.chat.id, turn.day, turn.now)
    turn.say("announce.sending" if groups else "announce.sent_before", groups=groups)


def send(
    c: Connection,
    house: House,
    plan: Plan,
    created_by: int | None,
    chat_id: int | None,
    day: date,
    now: Any,
) -> int:
    """Make the broadcast and its ledger; to how many groups. 0 when it was made before."""
    document = documents.get(c, plan.document_id)
    groups = broadcasts.targets(c, plan.unit_id, plan.levels, day)
    if document is None or not groups:
        return 0
    broadcast_id = broadcasts.create(c, plan, created_by, chat_id, now)
    if broadcast_id is None:
        return 0
    got = Choice(house.words("acknowledge.button"), f"acknowledge.got:{broadcast_id}")
    text = house.words("announce.message", **describe(document))
    content_id = deliveries.keep_content(c, Letter(0, text, ((got,),), file_id=document.file_id))
    return deliveries.queue_broadcast(c, broadcast_id, content_id, groups, now)


def describe(document: Document) -> dict[str, Any]:
    """What the sentences about a document need."""
    return {
        "doc_number": document.number,
        "issued_on": document.issued_on,
        "issuer": document.issuer,
        "summary": document.summary,
        "has_file": document.file_id is not None,
    }
