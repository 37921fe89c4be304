"""How the network of teams has grown, for those who coordinate it."""

from datetime import date, timedelta

from bot.feature import Feature
from bot.network import Grown, Span
from bot.turn import Turn
from domain.day import parse_day
from domain.people import Right
from storage import errands
from storage.errands import Kind

feature = Feature("network")

DAYS = 30
"""How far back it looks when nobody says it."""


@feature.command("network")
def grown(turn: Turn, argument: str) -> None:
    """Since 30 days ago, or since a day or as many days as are named."""
    tops, first = turn.where(Right.SEE_STATUS), _first(argument, turn.day)
    if not tops:
        turn.say("door.not_allowed")
    elif first is None or first >= turn.day:
        turn.say("network.bad_day", text=argument)
    else:
        for top_id in tops:
            _show(turn, Span(top_id, first, turn.day))


def _first(text: str, today: date) -> date | None:
    words = text.split()
    if not words:
        return today - timedelta(days=DAYS)
    try:
        if words[0].isdecimal():
            return today - timedelta(days=int(words[0]))
        return parse_day(text, today)
    except (ValueError, OverflowError):
        return None


def _show(turn: Turn, span: Span) -> None:
    names = {level.id: level.name for level in turn.house.levels.values()}
    turn.write(Grown.read(turn.c, turn.house, span, points=2).text(names))
    if turn.can.files_out:
        turn.say("network.files_come")
        for kind in (Kind.NETWORK, Kind.NETWORK_SHEET):
            errands.give(turn.c, kind, span.subject, turn.chat.id, turn.now)
