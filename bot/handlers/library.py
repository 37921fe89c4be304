"""Finding a document again, and how it stands."""

from bot.broadcast import show
from bot.feature import Feature
from bot.finding import Found, find, label, quote
from bot.handlers import shelf
from bot.turn import Answer, Turn
from storage import documents, pages

feature = Feature("library")

PAGE = 8
MORE = "more"


@feature.command("documents")
def library(turn: Turn, argument: str) -> None:
    """The newest documents of the unit's line, or those that the words are found in."""
    if turn.unit_id is None:
        turn.say("library.no_unit")
        return
    found = find(turn.c, turn.line(turn.unit_id), argument)
    if not found:
        turn.say("library.not_found" if argument else "library.empty", text=argument)
    elif len(found) == 1:
        _show(turn, found[0], argument)
    else:
        _list(turn, found, argument, 0)


def _list(turn: Turn, found: list[Found], text: str, page: int) -> None:
    shown = found[page * PAGE : (page + 1) * PAGE]
    rows = [[(str(each.document.id), label(each.document))] for each in shown]
    more = [[(MORE, turn.words("library.more"))]] if len(found) > (page + 1) * PAGE else []
    turn.ask(
        "library.pick",
        "library.which",
        [*rows, *more],
        {"text": text, "page": page},
        count=len(found),
        text=text,
        passages=[
            (each.document.number, each.inside.number, quote(turn.c, each.inside, text))
            for each in shown
            if each.inside
        ],
    )


@feature.step("pick")
def picked(turn: Turn, answer: Answer) -> None:
    if not answer.choice or turn.unit_id is None:
        turn.hear_anew()
        return
    text, page = turn.data["text"], turn.data["page"]
    found = find(turn.c, turn.line(turn.unit_id), text)
    if answer.choice == MORE:
        _list(turn, found, text, page + 1)
        return
    turn.end()
    for each in found:
        if str(each.document.id) == answer.choice:
            _show(turn, each, text)


def _show(turn: Turn, found: Found, text: str) -> None:
    """A document as it was sent, how it stands, and what a coordinator can do with it."""
    document = found.document
    show(turn.c, turn.house, document.id, turn.chat, turn.now)
    files = documents.files_of(turn.c, document.id)
    mute = pages.without_text(turn.c, (each.id for each in files))
    by = documents.get(turn.c, document.replaced_by) if document.replaced_by else None
    shelf.offer(
        turn,
        document,
        by=by.number if by else "",
        withdrawn_at=document.withdrawn_at,
        topic=document.topic,
        page=found.inside.number if found.inside else 0,
        passage=quote(turn.c, found.inside, text) if found.inside else "",
        mute=[each.name for each in files if each.id in mute],
    )


def send_pinned(turn: Turn, unit_id: int) -> None:
    """Send the group of a unit the pinned documents that it has not got yet."""
    for document in documents.pinned_for(turn.c, turn.line(unit_id), turn.chat.id):
        show(turn.c, turn.house, document.id, turn.chat, turn.now)
