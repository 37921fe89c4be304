"""Finding a document again."""

from collections.abc import Sequence

from bot.feature import Feature
from bot.handlers.announce import describe
from bot.turn import Answer, Turn
from domain.text import fold, shorten
from storage import documents
from storage.documents import Document

feature = Feature("library")

LISTED = 8


@feature.command("documents")
def library(turn: Turn, argument: str) -> None:
    """The newest documents of the unit's line, or those that the words are found in."""
    if turn.unit_id is None:
        turn.say("library.no_unit")
        return
    found = _search(documents.seen_from(turn.c, turn.line(turn.unit_id)), argument)
    if not found:
        turn.say("library.not_found" if argument else "library.empty", text=argument)
    elif len(found) == 1:
        _show(turn, found[0])
    else:
        rows = [[(str(each.id), _label(each))] for each in found[:LISTED]]
        turn.ask("library.pick", "library.which", rows, count=len(found), text=argument)


def _search(known: Sequence[Document], text: str) -> list[Document]:
    wanted = fold(text).split()
    return [each for each in known if all(word in _searched(each) for word in wanted)]


def _searched(document: Document) -> str:
    return fold(f"{document.number} {document.issuer} {document.summary}")


def _label(document: Document) -> str:
    return shorten(f"{document.number} – {document.summary}", 60)


@feature.step("pick")
def picked(turn: Turn, answer: Answer) -> None:
    document = documents.get(turn.c, int(answer.choice)) if answer.choice else None
    if document is None:
        turn.say("door.choose")
        return
    turn.end()
    _show(turn, document)


def _show(turn: Turn, document: Document) -> None:
    turn.say("announce.message", file_id=document.file_id, **describe(document))
