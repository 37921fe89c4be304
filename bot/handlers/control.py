"""Holding a broadcast, letting it go on, sending again, reminding, and taking it back."""

from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial

from bot.broadcast import describe, remind
from bot.budget import shortage
from bot.feature import Feature
from bot.handlers import announce
from bot.launch import start
from bot.revision import reword, withdraw
from bot.turn import Answer, Turn
from domain.broadcast import Action, BroadcastState, possible
from domain.people import Right
from storage import audience, broadcasts, deliveries, documents, standing
from storage.broadcasts import Broadcast
from storage.documents import Document

feature = Feature("control")

YES, NO = "yes", "no"
RECENT = 20
"""Among how many of the newest broadcasts one is looked for that is named by no number."""


def offered(turn: Turn, broadcast: Broadcast) -> Iterator[Action]:
    """What this person can do with a broadcast now."""
    return (action for action in Action if _offers(turn, broadcast, action))


def _offers(turn: Turn, broadcast: Broadcast, action: Action) -> bool:
    return (
        possible(action, broadcast.state)
        and turn.may(Right.ANNOUNCE, broadcast.unit_id)
        and _owns(turn, broadcast, action)
        and _has_cause(turn, broadcast, action)
    )


def _has_cause(turn: Turn, broadcast: Broadcast, action: Action) -> bool:
    """Whether there is anything to send again, or anybody to remind."""
    if action not in (Action.RETRY, Action.CHASE):
        return True
    headway = standing.headway(turn.c, broadcast, turn.now)
    lost = headway.failed + headway.unknown
    return bool(lost if action is Action.RETRY else headway.sent)


def _owns(turn: Turn, broadcast: Broadcast, action: Action) -> bool:
    """Whoever sends a document of a higher unit on may not change it."""
    if action not in (Action.REWORD, Action.WITHDRAW):
        return True
    return turn.may(Right.ANNOUNCE, _document(turn, broadcast).unit_id)


def _document(turn: Turn, broadcast: Broadcast) -> Document:
    return documents.get(turn.c, broadcast.document_id)


def menu(turn: Turn, broadcast_id: int) -> None:
    """Ask what to do with a broadcast."""
    broadcast = broadcasts.get(turn.c, broadcast_id)
    rows = [
        [(f"{action}:{broadcast_id}", turn.words(f"control.{action}"))]
        for action in offered(turn, broadcast)
    ]
    turn.ask(
        "control.pick",
        "control.menu" if rows else "control.nothing",
        rows,
        press="control.pick",
        **describe(_document(turn, broadcast)),
        broadcast_id=broadcast_id,
    )


@feature.choice("pick")
def pressed(turn: Turn, argument: str) -> None:
    """A button as `pause:12`."""
    name, _, number = argument.partition(":")
    if name in _DO:
        told(Action(name), turn, number)
    else:
        turn.notice = turn.words("door.old_button")


def told(action: Action, turn: Turn, argument: str) -> None:
    """In words: `tạm dừng 12`, or without a number the newest with which it can be done."""
    broadcast = _meant(turn, action, argument.strip().lstrip("#"))
    if broadcast is None:
        turn.say("control.none")
    elif not turn.may(Right.ANNOUNCE, broadcast.unit_id):
        turn.say("door.not_allowed" if argument else "control.none")
    elif not _owns(turn, broadcast, action):
        turn.say("control.not_yours")
    elif not possible(action, broadcast.state):
        turn.say("control.not_now", state=broadcast.state, **describe(_document(turn, broadcast)))
    else:
        _DO[action](turn, broadcast)


for _action in Action:
    feature.command(_action)(partial(told, _action))


def _meant(turn: Turn, action: Action, named: str) -> Broadcast | None:
    if named:
        return turn.by_number(broadcasts.find, named)
    newest = [
        each
        for top in turn.where(Right.ANNOUNCE)
        for each in broadcasts.touching(turn.c, top, turn.day, RECENT)
    ]
    newest.sort(key=lambda each: each.id, reverse=True)
    fit = (each for each in newest if _offers(turn, each, action))
    return next(fit, next(iter(newest), None))


def _say(turn: Turn, key: str, broadcast: Broadcast, count: int = 0) -> None:
    turn.say(key, count=count, broadcast_id=broadcast.id, **describe(_document(turn, broadcast)))


def _pause(turn: Turn, broadcast: Broadcast) -> None:
    broadcasts.set_state(turn.c, broadcast.id, BroadcastState.PAUSED, turn.now)
    paused = broadcasts.get(turn.c, broadcast.id)
    count = deliveries.set_priority(turn.c, paused.id, paused.priority)
    _say(turn, "control.paused", paused, count)


def _resume(turn: Turn, broadcast: Broadcast) -> None:
    if broadcast.started_at is None:
        turn.voice(start(turn.c, turn.house, broadcast, turn.now))
        return
    broadcasts.set_state(turn.c, broadcast.id, BroadcastState.RUNNING, turn.now)
    going = broadcasts.get(turn.c, broadcast.id)
    _say(turn, "control.resumed", going, deliveries.set_priority(turn.c, going.id, going.priority))


def _retry(turn: Turn, broadcast: Broadcast) -> None:
    needed = deliveries.lost_by_account(turn.c, broadcast.id)
    if turn.voice(shortage(turn.c, turn.house, needed, turn.now)):
        return
    count = deliveries.retry(turn.c, broadcast.id, broadcast.priority, turn.now)
    if count:
        broadcasts.set_state(turn.c, broadcast.id, BroadcastState.RUNNING, turn.now)
    _say(turn, "control.retried" if count else "control.nothing_failed", broadcast, count)


def _chase(turn: Turn, broadcast: Broadcast) -> None:
    silent = audience.silent(turn.c, broadcast.id)
    needed = Counter(group.account_id for group in silent)
    if turn.voice(shortage(turn.c, turn.house, needed, turn.now)):
        return
    count = remind(turn.c, turn.house, broadcast, turn.now)
    _say(turn, "control.chased" if count else "control.nobody_silent", broadcast, count)


def _make_sure(action: Action, turn: Turn, broadcast: Broadcast) -> None:
    """What cannot be undone is asked once more."""
    rows = [[(YES, turn.words(f"control.{action}"))], [(NO, turn.words("control.no"))]]
    turn.ask(
        "control.sure",
        f"control.sure_{action}",
        rows,
        {"action": action.value, "broadcast": broadcast.id},
        **describe(_document(turn, broadcast)),
    )


@feature.step("sure")
def sure(turn: Turn, answer: Answer) -> None:
    action = Action(turn.data["action"])
    broadcast = _confirmed(turn, answer, action)
    if broadcast and action is Action.CANCEL:
        _cancel(turn, broadcast)
    elif broadcast:
        count = withdraw(turn.c, turn.house, _document(turn, broadcast), turn.now)
        _say(turn, "control.withdrawn", broadcast, count)


def _confirmed(turn: Turn, answer: Answer, action: Action) -> Broadcast | None:
    """The broadcast, where the answer is yes and it can still be done; else says why not."""
    if answer.choice not in (YES, NO):
        turn.say("door.choose")
        return None
    broadcast = broadcasts.get(turn.c, turn.data["broadcast"])
    turn.end()
    if answer.choice == NO:
        turn.say("control.left")
    elif not _offers(turn, broadcast, action):
        turn.say("control.not_now", state=broadcast.state, **describe(_document(turn, broadcast)))
    else:
        return broadcast
    return None


def _cancel(turn: Turn, broadcast: Broadcast) -> None:
    count = deliveries.cancel(turn.c, broadcast.id, "cancelled by its sender", turn.now)
    broadcasts.set_state(turn.c, broadcast.id, BroadcastState.CANCELLED, turn.now)
    _say(turn, "control.cancelled", broadcast, count)


def _ask_words(turn: Turn, broadcast: Broadcast) -> None:
    document = describe(_document(turn, broadcast))
    turn.ask("control.words", "control.ask_words", data={"broadcast": broadcast.id}, **document)


@feature.step("words")
def words_given(turn: Turn, answer: Answer) -> None:
    """Show the document with its new text, and ask for the word."""
    most = announce.MOST["summary"]
    if not answer.text or len(answer.text) > most:
        turn.say("control.bad_words", limit=most)
        return
    document = _document(turn, broadcasts.get(turn.c, turn.data["broadcast"]))
    turn.say("document.message", **describe(document) | {"summary": answer.text}, line="")
    rows = [[(YES, turn.words("control.reword"))], [(NO, turn.words("control.no"))]]
    turn.ask("control.reworded", "control.sure_reword", rows, turn.data | {"text": answer.text})


@feature.step("reworded")
def reworded(turn: Turn, answer: Answer) -> None:
    text = turn.data["text"]
    if broadcast := _confirmed(turn, answer, Action.REWORD):
        count = reword(turn.c, turn.house, _document(turn, broadcast), text, turn.now)
        _say(turn, "control.reworded", broadcast, count)


_DO: dict[str, Callable[[Turn, Broadcast], None]] = {
    Action.PAUSE: _pause,
    Action.RESUME: _resume,
    Action.RETRY: _retry,
    Action.CHASE: _chase,
    Action.CANCEL: partial(_make_sure, Action.CANCEL),
    Action.REWORD: _ask_words,
    Action.WITHDRAW: partial(_make_sure, Action.WITHDRAW),
}
