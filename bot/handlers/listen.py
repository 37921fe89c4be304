"""Whether Loa answers in a group what nobody asked it."""

from bot.feature import Feature
from bot.turn import Turn
from domain.answer import bare
from domain.people import Right
from storage import chats

feature = Feature("listen")

_ON = frozenset({"bat", "bat len", "mo", "on", "co", "nghe"})
_OFF = frozenset({"tat", "tat bot", "dong", "off", "khong", "ko", "thoi", "dung"})


@feature.command("listen")
def listen(turn: Turn, argument: str) -> None:
    """`/nghe bật` and `/nghe tắt`, by a coordinator of the group's unit."""
    wanted = bare(argument)
    if not turn.in_group or turn.chat.unit_id is None:
        turn.say("listen.in_group")
    elif not turn.may(Right.ANSWER, turn.chat.unit_id):
        turn.say("door.not_allowed")
    elif wanted not in _ON | _OFF:
        turn.say("listen.on_now" if turn.chat.listens else "listen.off_now")
    elif wanted in _ON and not turn.can.hears_all:
        turn.say("listen.cannot")
    else:
        chats.listen(turn.c, turn.chat.id, wanted in _ON)
        turn.say("listen.on" if wanted in _ON else "listen.off")
