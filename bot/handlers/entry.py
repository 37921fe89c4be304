"""An entry of the FAQ in a coordinator's hands: what was done to it, taking it out, back again."""

from dataclasses import replace
from functools import partial

from bot.feature import Feature, Told
from bot.handlers import helpful
from bot.turn import Turn
from domain.channel import Choice
from domain.entry_choice import KeptEntry
from domain.people import Right
from storage import entries, questions, units
from storage.entries import Stroke

feature = Feature("entry")

LISTED = 10


def _said(work: Told, turn: Turn, argument: str) -> None:
    """In words, of the answer given last or of an entry by its name."""
    if argument:
        _work(turn, argument.strip(" .").lower(), work)
    elif given := helpful.last(turn):
        _work(turn, given.entry_id, work)


def _pressed(work: Told, turn: Turn, argument: str) -> None:
    """By the button under an answer."""
    given = turn.by_number(questions.get, argument)
    _work(turn, given.entry_id if given else "", work)


@feature.press("restore")
def _restored(turn: Turn, argument: str) -> None:
    """By the button under what said that the entry is out; it names that change."""
    _work(turn, turn.by_number(entries.changed_by, argument) or "", restore)


def _work(turn: Turn, entry_id: str, work: Told) -> None:
    """Do it to an entry that the person may see."""
    turn.house.faq.refresh(turn.c)
    if not turn.where(Right.ANSWER):
        turn.say("door.not_allowed")
    elif _sees(turn, entry_id):
        work(turn, entry_id)
    else:
        turn.say("entry.unknown")


def _sees(turn: Turn, entry_id: str) -> bool:
    """Whether there is such an entry where the person answers, above or below."""
    kept = entries.get(turn.c, entry_id)
    if kept is None or kept.unit_id is None:
        return kept is not None or turn.house.faq.get(entry_id) is not None
    return _owns(turn, kept) or any(kept.unit_id in turn.line(own) for own in _own(turn))


def _own(turn: Turn) -> list[int]:
    return turn.where(Right.ANSWER)


def _owns(turn: Turn, kept: KeptEntry) -> bool:
    return kept.unit_id is not None and turn.may(Right.ANSWER, kept.unit_id)


def _kept(turn: Turn, entry_id: str) -> KeptEntry:
    return entries.get(turn.c, entry_id) or KeptEntry(entry_id)


def history(turn: Turn, entry_id: str) -> None:
    """Who did what to an entry, and when."""
    entry = turn.house.faq.get(entry_id)
    changes = entries.history(turn.c, entry_id)
    turn.say(
        "entry.history",
        id=entry_id,
        question=entry.question if entry else changes[-1].after["question"],
        changes=changes[-LISTED:],
        earlier=max(len(changes) - LISTED, 0),
    )


def drop(turn: Turn, entry_id: str) -> None:
    """Take out an entry of one's own units; another's is hidden from these and all below."""
    kept = _kept(turn, entry_id)
    entry = turn.house.faq.get(entry_id)
    hidden = tuple(dict.fromkeys((*kept.hidden_in, *_own(turn))))
    if entry is None or (hidden == kept.hidden_in and not _owns(turn, kept)):
        turn.say("entry.out_before", id=entry_id)
    elif _owns(turn, kept):
        _take_out(turn, replace(kept, dropped=True), "dropped", entry.question)
    else:
        _take_out(turn, replace(kept, hidden_in=hidden), "hidden", entry.question)


def _take_out(turn: Turn, kept: KeptEntry, what: str, question: str) -> None:
    change_id = entries.save(turn.c, kept, Stroke(turn.person.id, turn.now, what))
    names = [units.get(turn.c, own).name for own in _own(turn)]
    back = [[Choice(turn.words("entry.restore"), f"entry.restore:{change_id}")]]
    turn.say(f"entry.{what}", back, id=kept.id, question=question, units=names)


def restore(turn: Turn, entry_id: str) -> None:
    """Let an entry answer again where one took it out."""
    kept = _kept(turn, entry_id)
    shown = tuple(each for each in kept.hidden_in if each not in _own(turn))
    again = replace(kept, hidden_in=shown, dropped=kept.dropped and not _owns(turn, kept))
    if again == kept:
        turn.say("entry.not_out", id=entry_id)
    else:
        entries.save(turn.c, again, Stroke(turn.person.id, turn.now, "restored"))
        turn.say("entry.restored", id=entry_id)


for _command, _act in (
    ("entry_history", history),
    ("drop_entry", drop),
    ("restore_entry", restore),
):
    feature.command(_command)(partial(_said, _act))
for _button, _act in (("history", history), ("drop", drop)):
    feature.press(_button)(partial(_pressed, _act))
