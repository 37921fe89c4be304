"""A second coordinator says yes or no before an answer becomes an entry."""

from typing import Any

from bot.coordinators import others
from bot.feature import Feature
from bot.lesson import keep
from bot.turn import Turn
from domain.channel import Choice
from domain.entry_choice import Lesson
from domain.key import key_of
from domain.people import Right
from storage import entries, reach, units
from storage.tickets import Ticket

feature = Feature("proposal")


def propose(turn: Turn, ticket: Ticket, lesson: Lesson) -> None:
    """Ask the other coordinators up the line whether this may be added."""
    number = entries.propose(turn.c, ticket.id, turn.person.id, lesson, turn.now)
    asked = others(turn, ticket.unit_id)
    ways = ("approve", "refuse")
    row = [
        Choice(turn.words(f"proposal.{way}", number=number), f"proposal.{way}:{number}")
        for way in ways
    ]
    for chat in asked:
        turn.tell(
            chat.id,
            "proposal.new",
            choices=[row],
            file_ids=lesson.files,
            number=number,
            lesson=lesson,
            by=turn.person.name,
            **beside(turn, lesson),
        )
    turn.say("proposal.asked" if asked else "proposal.nobody", number=number)


def beside(turn: Turn, lesson: Lesson) -> dict[str, Any]:
    """The entry that a lesson adds to or stands in for, and the unit in which it holds."""
    entry = turn.house.faq.get(lesson.wording_of or lesson.replaces or "")
    return {"entry": entry, "unit": units.get(turn.c, lesson.unit_id).name}


@feature.command("approve_entry")
@feature.press("approve")
def approved(turn: Turn, argument: str) -> None:
    """`duyệt mục 3`."""
    _decide(turn, argument, approved=True)


@feature.command("refuse_entry")
@feature.press("refuse")
def refused(turn: Turn, argument: str) -> None:
    """`bỏ mục 3`."""
    _decide(turn, argument, approved=False)


def _decide(turn: Turn, argument: str, approved: bool) -> None:
    number = key_of(argument)
    if number is None:
        if turn.message.addressed:
            turn.say("proposal.how")
        return
    proposal = entries.proposal(turn.c, number)
    if not turn.where(Right.ANSWER):
        turn.say("door.not_allowed")
    elif proposal is None:
        decision = entries.decision(turn.c, number)
        turn.say("proposal.decided_before", number=number, decision=decision)
    elif not turn.may(Right.ANSWER, proposal.lesson.unit_id):
        turn.say("door.not_allowed")
    elif proposal.author_id == turn.person.id:
        turn.say("proposal.own")
    else:
        turn.house.faq.refresh(turn.c)
        entries.decide(turn.c, proposal.id, turn.person.id, approved)
        if approved:
            keep(turn.c, turn.house, proposal, turn.person.id, turn.now)
        key = "proposal.approved" if approved else "proposal.refused"
        turn.say(key, question=proposal.lesson.question, by=turn.person.name)
        for chat in reach.private_of(turn.c, [proposal.author_id], turn.now):
            turn.tell(chat.id, key, question=proposal.lesson.question, by=turn.person.name)
