"""A second person's word on a broadcast to many."""

from collections.abc import Sequence

from bot.broadcast import describe, show
from bot.feature import Feature
from bot.launch import start
from bot.turn import Turn
from domain.broadcast import BroadcastState
from domain.channel import Choice
from domain.people import Right, Role
from storage import audience, broadcasts, documents, people, reach, units
from storage.broadcasts import Broadcast
from storage.chats import KnownChat

feature = Feature("approve")

MAY = {Role.COORDINATOR, Role.ADMINISTRATOR}


def approvers(turn: Turn, unit_id: int) -> Sequence[KnownChat]:
    """The private chats of all others in the unit's line who may agree to a broadcast."""
    line = turn.line(unit_id)
    holders = {person.id for above in line for person in people.holders(turn.c, above, MAY)}
    return reach.private_of(turn.c, holders - {turn.person.id}, turn.now)


def ask(turn: Turn, broadcast: Broadcast) -> None:
    """Show it to everybody who may agree, and ask."""
    document = documents.get(turn.c, broadcast.document_id)
    groups = audience.by_account(turn.c, broadcast.unit_id, broadcast.levels, turn.day)
    told = approvers(turn, broadcast.unit_id)
    for chat in told:
        show(turn.c, turn.house, document.id, chat, turn.now)
        turn.tell(
            chat.id,
            "approve.ask",
            choices=_choices(turn, broadcast.id),
            **describe(document),
            author=turn.person.name,
            unit=units.get(turn.c, broadcast.unit_id).name,
            groups=sum(groups.values()),
            at=broadcast.start_at if broadcast.start_at > turn.now else None,
            urgent=broadcast.urgent,
        )
    turn.say("approve.asked", count=len(told), groups=sum(groups.values()))


def _choices(turn: Turn, broadcast_id: int) -> list[list[Choice]]:
    return [
        [
            Choice(turn.words(f"approve.{name}", broadcast_id=broadcast_id), action)
            for name, action in (
                ("yes", f"approve.approve:{broadcast_id}"),
                ("no", f"approve.refuse:{broadcast_id}"),
            )
        ]
    ]


@feature.command("approve")
@feature.press("approve")
def approved(turn: Turn, argument: str) -> None:
    broadcast = _open(turn, argument)
    if broadcast is None:
        return
    broadcasts.approve(turn.c, broadcast.id, turn.person.id)
    said = start(turn.c, turn.house, broadcast, turn.now)
    turn.say("approve.thanks")
    _tell_author(turn, broadcast, "approve.approved")
    if broadcast.chat_id is not None:
        turn.tell(broadcast.chat_id, said.key, **said.values)


@feature.command("refuse")
@feature.press("refuse")
def refused(turn: Turn, argument: str) -> None:
    broadcast = _open(turn, argument)
    if broadcast is None:
        return
    broadcasts.set_state(turn.c, broadcast.id, BroadcastState.CANCELLED, turn.now)
    turn.say("approve.refused_thanks")
    _tell_author(turn, broadcast, "approve.refused")


def _open(turn: Turn, argument: str) -> Broadcast | None:
    """The broadcast that is meant, if this person may decide on it now; else says why not."""
    number = argument.strip().lstrip("#")
    broadcast = broadcasts.find(turn.c, int(number)) if number.isdecimal() else _newest(turn)
    if broadcast is None:
        turn.say("approve.none")
    elif not turn.may(Right.ANNOUNCE, broadcast.unit_id):
        turn.say("door.not_allowed")
    elif broadcast.state != BroadcastState.ASKED:
        turn.say("approve.before" if broadcast.approved_by else "approve.over")
    elif broadcast.created_by == turn.person.id:
        turn.say("approve.own")
    else:
        return broadcast
    return None


def _newest(turn: Turn) -> Broadcast | None:
    mine = (each for each in broadcasts.asked(turn.c) if turn.may(Right.ANNOUNCE, each.unit_id))
    return next(mine, None)


def _tell_author(turn: Turn, broadcast: Broadcast, key: str) -> None:
    if broadcast.chat_id is not None:
        document = documents.get(turn.c, broadcast.document_id)
        turn.tell(broadcast.chat_id, key, **describe(document), by=turn.person.name)
