"""The audit trail, for who is responsible for a unit: who used which right there and below."""

from typing import Any

from bot.audit import SHOWN, search, shown
from bot.feature import Feature
from bot.turn import Answer, Turn
from domain.people import Right
from storage import audit

feature = Feature("audit")

MORE = "more"


@feature.command("audit")
def trail(turn: Turn, argument: str) -> None:
    """The newest acts, or those of a person or of a kind that is named."""
    if turn.in_group:
        # There, whoever was not speaking to Loa may have meant a diary.
        if turn.spoken_to:
            turn.say("door.private_only")
    elif not turn.where(Right.AUDIT):
        turn.say("door.not_allowed")
    else:
        _show(turn, argument.strip(), None)


@feature.step("more")
def more(turn: Turn, answer: Answer) -> None:
    if answer.choice == MORE and turn.where(Right.AUDIT):
        _show(turn, turn.data["text"], turn.data["before"])
    else:
        turn.hear_anew()


def _show(turn: Turn, text: str, before: int | None) -> None:
    wanted = search(turn.c, turn.house, text, turn.day, turn.where(Right.AUDIT), before)
    lines = audit.lines(turn.c, wanted, turn.day, SHOWN + 1) if wanted else []
    values: dict[str, Any] = {"text": text, "lines": [shown(each) for each in lines[:SHOWN]]}
    if len(lines) <= SHOWN:
        turn.end()
        turn.say("audit.lines", **values)
        return
    data = {"text": text, "before": lines[SHOWN - 1].id}
    turn.ask("audit.more", "audit.lines", [[(MORE, turn.words("audit.more"))]], data, **values)
