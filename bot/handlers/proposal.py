"""A second coordinator says yes or no before an answer becomes an entry."""

from bot.feature import Feature
from bot.lesson import keep
from bot.turn import Turn
from domain.channel import Choice
from domain.entry_choice import Lesson
from domain.key import key_of
from domain.people import Right, Role
from storage import entries, people, reach
from storage.tickets import Ticket

feature = Feature("proposal")

APPROVERS = (Role.COORDINATOR, Role.ADMINISTRATOR)


def propose(turn: Turn, ticket: Ticket, lesson: Lesson) -> None:
    """Ask the other coordinators up the line whether this may be added."""
    number = entries.propose(turn.c, ticket.id, turn.person.id, lesson, turn.now)
    line = turn.line(ticket.unit_id)
    held = {each.id for unit_id in line for each in people.holders(turn.c, unit_id, APPROVERS)}
    asked = reach.private_of(turn.c, held - {turn.person.id}, turn.now)
    ways = ("approve", "refuse")
    row = [
        Choice(turn.words(f"proposal.{way}", number=number), f"proposal.{way}:{number}")
        for way in ways
    ]
    entry = turn.house.faq.get(lesson.wording_of or lesson.replaces or "")
    for chat in asked:
        turn.tell(
            chat.id,
            "proposal.new",
            choices=[row],
            number=number,
            lesson=lesson,
            entry=entry,
            by=turn.person.name,
        )
    turn.say("proposal.asked" if asked else "proposal.nobody", number=number)


@feature.press("approve")
def approve_pressed(turn: Turn, argument: str) -> None:
    _decide(turn, argument, approved=True)


@feature.press("refuse")
def refuse_pressed(turn: Turn, argument: str) -> None:
    _decide(turn, argument, approved=False)


@feature.command("approve_entry")
def approve_said(turn: Turn, argument: str) -> None:
    """`duyệt mục 3`."""
    _decide(turn, argument, approved=True)


@feature.command("refuse_entry")
def refuse_said(turn: Turn, argument: str) -> None:
    """`bỏ mục 3`."""
    _decide(turn, argument, approved=False)


def _decide(turn: Turn, argument: str, approved: bool) -> None:
    number = key_of(argument)
    if number is None:
        if turn.message.addressed:
            turn.say("proposal.how")
        return
    proposal = entries.proposal(turn.c, number)
    if proposal is None:
        turn.say("proposal.decided_before", number=number)
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
