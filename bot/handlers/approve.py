"""A second person's word on what goes to many groups."""

from bot.coordinators import others
from bot.feature import Feature
from bot.request import Request, find, waiting
from bot.turn import Turn
from bot.words import Said
from domain.channel import Choice
from storage import units

feature = Feature("approve")


def needed(turn: Turn, groups: int) -> bool:
    """Whether so many groups need a second person's word."""
    return 0 < turn.house.limits.approve_above < groups


def nobody(turn: Turn, unit_id: int, groups: int) -> Said | None:
    """That nobody could give the word, where it is needed."""
    if not needed(turn, groups) or others(turn, unit_id):
        return None
    return Said("approve.nobody", {"groups": groups, "limit": turn.house.limits.approve_above})


def ask(turn: Turn, request: Request, groups: int) -> None:
    """Show it to everybody who may agree, and ask."""
    told, said = others(turn, request.unit_id), request.question(turn)
    for chat in told:
        request.show(turn, chat)
        turn.tell(
            chat.id,
            said.key,
            choices=_choices(turn, request.name),
            author=turn.person.name,
            unit=units.get(turn.c, request.unit_id).name,
            groups=groups,
            **said.values,
        )
    turn.say("approve.asked", count=len(told), groups=groups)


def _choices(turn: Turn, name: str) -> list[list[Choice]]:
    return [
        [
            Choice(turn.words(f"approve.{answer}", name=name), f"approve.{action}:{name}")
            for answer, action in (("yes", "approve"), ("no", "refuse"))
        ]
    ]


@feature.command("approve")
@feature.press("approve")
def approved(turn: Turn, argument: str) -> None:
    request = _open(turn, argument)
    if request is None:
        return
    said = request.agree(turn)
    turn.say("approve.thanks")
    _tell_author(turn, request, "approve.approved")
    if chat_id := request.chat_id(turn):
        turn.tell(chat_id, said.key, **said.values)


@feature.command("refuse")
@feature.press("refuse")
def refused(turn: Turn, argument: str) -> None:
    request = _open(turn, argument)
    if request is None:
        return
    request.refuse(turn)
    turn.say("approve.refused_thanks")
    _tell_author(turn, request, "approve.refused")


def _open(turn: Turn, argument: str) -> Request | None:
    """What is meant, if this person may decide on it now; else says why not."""
    name = argument.strip().lstrip("#").upper()
    request = find(turn, name) if name else next(waiting(turn), None)
    if request is None:
        turn.say("approve.none")
    elif not turn.may(request.right, request.unit_id):
        turn.say("door.not_allowed")
    elif not request.waits:
        turn.say("approve.before" if request.agreed else "approve.over")
    elif request.author_id == turn.person.id:
        turn.say("approve.own")
    else:
        return request
    return None


def _tell_author(turn: Turn, request: Request, key: str) -> None:
    if chat_id := request.chat_id(turn):
        turn.tell(chat_id, key, what=request.title(turn), by=turn.person.name)
