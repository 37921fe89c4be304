"""Sending a document down: picked, or described one question at a time."""

from datetime import date
from typing import Any

from bot.attachment import say_once
from bot.collecting import take
from bot.feature import Feature
from bot.finding import label
from bot.handlers import aim
from bot.turn import Answer, Turn
from domain.day import parse_day
from domain.message import FileKind
from domain.people import Right
from storage import documents

feature = Feature("announce")

NEW, DONE = "new", "done"
MOST = {"number": 60, "issuer": 120, "summary": 600}
"""Characters; with its file a document must fit one message on every channel."""
MOST_FILES = 10
LISTED = 5


@feature.command("announce")
def announce(turn: Turn, argument: str) -> None:
    tops = turn.where(Right.ANNOUNCE)
    if not tops:
        turn.say("door.not_allowed")
    elif turn.in_group:
        turn.say("door.private_only")
    elif known := documents.in_force(turn.c, turn.line(tops[0]), LISTED):
        rows = [[(str(each.id), label(each))] for each in known]
        new = [(NEW, turn.words("announce.new"))]
        turn.ask("announce.document", "announce.which", [[*new], *rows], {"tops": tops})
    else:
        _ask_number(turn, {"tops": tops})


@feature.step("document")
def document_picked(turn: Turn, answer: Answer) -> None:
    if answer.choice == NEW:
        _ask_number(turn, turn.data)
    elif answer.choice:
        aim.aim(turn, turn.data["tops"], int(answer.choice))
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
    known = documents.by_number(turn.c, data["tops"][0], data["number"], issued_on)
    if known is None:
        turn.ask("announce.issuer", "announce.ask_issuer", data=data)
    else:
        turn.say("announce.known", doc_number=known.number)
        aim.aim(turn, data["tops"], known.id)


@feature.step("issuer")
def issuer_given(turn: Turn, answer: Answer) -> None:
    if _fits(turn, answer.text, "issuer"):
        data = turn.data | {"issuer": answer.text}
        turn.ask("announce.summary", "announce.ask_summary", data=data, files=turn.can.files_in)


@feature.step("summary")
def summary_given(turn: Turn, answer: Answer) -> None:
    if not _fits(turn, answer.text, "summary"):
        return
    data = turn.data | {"summary": answer.text, "files": []}
    if turn.can.files_in:
        none = [[(DONE, turn.words("announce.no_file"))]]
        documents = turn.can.documents_in
        turn.ask("announce.file", "announce.ask_file", none, data, documents=documents)
    else:
        _keep_document(turn, data)


@feature.step("file")
def file_given(turn: Turn, answer: Answer) -> None:
    """Take files one after another, until the word that these are all."""
    sent, count = turn.message.file, len(turn.data["files"])
    if sent is None and answer.choice == DONE:
        _keep_document(turn, turn.data)
    elif sent is None or sent.kind is FileKind.OTHER:
        turn.say("announce.file_please", count=count, documents=turn.can.documents_in)
    elif count == MOST_FILES:
        say_once(turn, "full", "announce.full", limit=MOST_FILES)
    else:
        take(turn, sent, "announce.file", "announce")


def _keep_document(turn: Turn, data: dict[str, Any]) -> None:
    """The document is complete: keep it, and ask where it goes."""
    document_id = documents.add(
        turn.c,
        number=data["number"],
        issued_on=date.fromisoformat(data["issued_on"]),
        issuer=data["issuer"],
        summary=data["summary"],
        file_ids=data["files"],
        unit_id=data["tops"][0],
        created_by=turn.person.id,
        now=turn.now,
    )
    aim.aim(turn, data["tops"], document_id)
