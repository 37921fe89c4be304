"""Passing a document on to the villages, with a line of one's own or without."""

from bot.broadcast import describe
from bot.feature import Feature
from bot.passage import pass_on
from bot.turn import Answer, Turn
from domain.broadcast import BroadcastState
from domain.key import key_of
from domain.people import Right
from storage import broadcasts, documents, passages, units
from storage.passages import Passage

feature = Feature("passage")

MOST = 120
"""Characters of a line: with it a document still fits under its file."""

GO, AGAIN = "go", "again"
GOING = (BroadcastState.RUNNING, BroadcastState.PAUSED)


@feature.command("pass_on")
@feature.press("pass_on")
def passed_on(turn: Turn, argument: str) -> None:
    """Without a line."""
    waiting = _waiting(turn, argument)
    if waiting:
        _pass(turn, waiting.broadcast_id, waiting.unit_id, "")


@feature.command("add_line")
@feature.press("add_line")
def line_wanted(turn: Turn, argument: str) -> None:
    waiting = _waiting(turn, argument)
    if waiting:
        data = {"broadcast": waiting.broadcast_id, "unit": waiting.unit_id}
        turn.ask("passage.line", "passage.ask_line", data=data)


def _waiting(turn: Turn, argument: str) -> Passage | None:
    """The passage that is meant, if it waits for this person; else says why not."""
    found = _meant(turn, argument)
    if found is None:
        turn.say("passage.none")
    elif not turn.may(Right.ANNOUNCE, found.unit_id):
        turn.say("door.not_allowed")
    elif found.passed_at:
        turn.say("passage.before", unit=units.get(turn.c, found.unit_id).name)
    elif broadcasts.get(turn.c, found.broadcast_id).state not in GOING:
        turn.say("passage.over")
    else:
        return found
    return None


def _meant(turn: Turn, argument: str) -> Passage | None:
    """By a button with broadcast and unit, by a broadcast's number, or the newest one."""
    named, _, unit = argument.partition(":")
    broadcast_id, unit_id = key_of(named), key_of(unit)
    if broadcast_id and unit_id:
        return passages.get(turn.c, broadcast_id, unit_id)
    mine = passages.of_units(turn.c, turn.where(Right.ANNOUNCE))
    if named.strip():
        mine = [each for each in mine if each.broadcast_id == broadcast_id]
    return next((each for each in mine if each.passed_at is None), next(iter(mine), None))


@feature.step("line")
def line_given(turn: Turn, answer: Answer) -> None:
    """Show the document with the line, and ask for the word."""
    if not answer.text or len(answer.text) > MOST:
        turn.say("passage.bad_line", limit=MOST)
        return
    document = documents.get(turn.c, broadcasts.get(turn.c, turn.data["broadcast"]).document_id)
    turn.say("document.message", **describe(document), line=answer.text)
    rows = [[(GO, turn.words("passage.go"))], [(AGAIN, turn.words("passage.again"))]]
    turn.ask("passage.confirm", "passage.sure", rows, turn.data | {"line": answer.text})


@feature.step("confirm")
def confirmed(turn: Turn, answer: Answer) -> None:
    data = turn.data
    if answer.choice == AGAIN:
        turn.ask("passage.line", "passage.ask_line")
    elif answer.choice == GO:
        turn.end()
        if _waiting(turn, f"{data['broadcast']}:{data['unit']}"):
            _pass(turn, data["broadcast"], data["unit"], data["line"])
    else:
        turn.say("door.choose")


def _pass(turn: Turn, broadcast_id: int, unit_id: int, line: str) -> None:
    broadcast = broadcasts.get(turn.c, broadcast_id)
    person_id = turn.person.id
    groups = pass_on(turn.c, turn.house, broadcast, unit_id, person_id, line, turn.now)
    turn.say("passage.done", groups=groups)
