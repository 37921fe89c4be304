"""Whether Loa answers in a group what nobody asked it."""

from bot.feature import Feature
from bot.turn import Turn
from domain.people import Right
from domain.text import fold
from storage import chats

feature = Feature("listen")

ON, OFF = "bat", "tat"


@feature.command("listen")
def listen(turn: Turn, argument: str) -> None:
    """`/nghe bật` and `/nghe tắt`, by a coordinator of the group's unit."""
    wanted = fold(argument)
    if not turn.in_group or turn.chat.unit_id is None:
        turn.say("listen.in_group")
    elif not turn.may(Right.ANSWER, turn.chat.unit_id):
        turn.say("door.not_allowed")
    elif wanted not in (ON, OFF):
        turn.say("listen.on_now" if turn.chat.listens else "listen.off_now")
    elif wanted == ON and not turn.can.hears_all:
        turn.say("listen.cannot")
    else:
        chats.listen(turn.c, turn.chat.id, wanted == ON)
        turn.say("listen.on" if wanted == ON else "listen.off")
