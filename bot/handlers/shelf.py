"""What the owning unit's coordinator does with a document: pin it, replace it, give it a topic."""

from typing import Any

from bot.feature import Feature
from bot.finding import find, label
from bot.turn import Answer, Turn
from domain.key import key_of
from domain.people import Right
from storage import documents
from storage.documents import Document

feature = Feature("shelf")

PIN, UNPIN, REPLACE, TOPIC = "pin", "unpin", "replace", "topic"
NONE = "none"
LISTED = 8
MOST_TOPIC = 60
"""Characters."""


def offer(turn: Turn, document: Document, **state: Any) -> None:
    """Say how a document stands, and in private offer what the person may do with it."""
    if turn.in_group or not turn.may(Right.ANNOUNCE, document.unit_id):
        turn.say("shelf.state", may=False, pinned=False, **state)
        return
    acts = (UNPIN if document.pinned else PIN, REPLACE, TOPIC)
    rows = [[(f"{act}:{document.id}", turn.words(f"shelf.{act}"))] for act in acts]
    turn.ask(
        "shelf.act",
        "shelf.state",
        rows,
        {},
        press="shelf.act",
        may=True,
        pinned=document.pinned,
        **state,
    )


@feature.choice("act", ends=True)
def pressed(turn: Turn, argument: str) -> None:
    act, _, named = argument.partition(":")
    number = key_of(named)
    document = _own(turn, number) if number else None
    if document is None:
        turn.say("door.not_allowed")
    elif act in (PIN, UNPIN):
        documents.pin(turn.c, document.id, pinned=act == PIN)
        turn.say(f"shelf.done_{act}", doc_number=document.number)
    elif act == REPLACE:
        _ask_replacement(turn, document, "")
    elif act == TOPIC:
        _ask_topic(turn, document)


def _own(turn: Turn, document_id: int) -> Document | None:
    """The document, where the person may change it."""
    for document in documents.of_ids(turn.c, [document_id]):
        if turn.may(Right.ANNOUNCE, document.unit_id):
            return document
    return None


def _ask_replacement(turn: Turn, document: Document, text: str) -> None:
    """Let a document be picked among those that its own unit sees; words narrow the list."""
    found = find(turn.c, turn.line(document.unit_id), text)
    others = [each.document for each in found if each.document.id != document.id]
    offered = [each for each in others if each.in_force][:LISTED]
    none = [[(NONE, turn.words("shelf.not_replaced"))]] if document.replaced_by else []
    turn.ask(
        "shelf.by",
        "shelf.ask_by" if offered else "shelf.none_found",
        [*([(str(each.id), label(each))] for each in offered), *none],
        {"document": document.id},
        doc_number=document.number,
        text=text,
    )


@feature.step("by")
def replacement_picked(turn: Turn, answer: Answer) -> None:
    document = _own(turn, turn.data["document"])
    if document is None:
        turn.end()
        turn.say("door.not_allowed")
    elif not answer.choice:
        _ask_replacement(turn, document, answer.text)
    else:
        turn.end()
        _replace(turn, document, None if answer.choice == NONE else int(answer.choice))


def _replace(turn: Turn, document: Document, by: int | None) -> None:
    done = documents.replace(turn.c, document.id, by)
    newer = documents.get(turn.c, by).number if by else ""
    key = "shelf.replaced" if done else "shelf.replaced_in_turn"
    turn.say(key, doc_number=document.number, newer=newer)


def _ask_topic(turn: Turn, document: Document) -> None:
    known = documents.topics(turn.c, turn.line(document.unit_id), LISTED)
    none = [[(NONE, turn.words("shelf.no_topic"))]] if document.topic else []
    turn.ask(
        "shelf.topic",
        "shelf.ask_topic",
        [*([(str(place), topic)] for place, topic in enumerate(known)), *none],
        {"document": document.id, "known": list(known)},
        doc_number=document.number,
        known=bool(known),
    )


@feature.step("topic")
def topic_given(turn: Turn, answer: Answer) -> None:
    document, known = _own(turn, turn.data["document"]), turn.data["known"]
    place = key_of(answer.choice)
    written = answer.text if place is None else known[place]
    topic = "" if answer.choice == NONE else " ".join(written.split())
    if document is None:
        turn.end()
        turn.say("door.not_allowed")
    elif not topic and answer.choice != NONE:
        turn.say("announce.words_please")
    elif len(topic) > MOST_TOPIC:
        turn.say("announce.too_long", limit=MOST_TOPIC, length=len(topic))
    else:
        turn.end()
        documents.set_topic(turn.c, document, topic)
        turn.say("shelf.topic_set", doc_number=document.number, topic=topic)
