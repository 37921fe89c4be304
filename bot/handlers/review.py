"""What coordinators should look at: unanswered, disliked, most asked and never asked."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.coordinators import of_unit
from bot.feature import Feature
from bot.house import House
from bot.lesson import ticket_of
from bot.turn import Turn
from domain.entry_choice import Standpoint
from domain.people import Right, places
from domain.period import local_day
from storage import deliveries, entries, people, questions, reach, tickets, units
from storage.chats import KnownChat
from storage.deliveries import Letter
from storage.entries import Outdated
from storage.questions import Asked

feature = Feature("review")

DAYS = 7
LISTED = 5


@feature.command("review")
def review(turn: Turn, argument: str) -> None:
    tops = turn.where(Right.ANSWER)
    if not tops:
        turn.say("door.not_allowed")
    for top in tops:
        turn.write(compose(turn.c, turn.house, top, turn.now) or turn.words("review.quiet"))


def compose(c: Connection, house: House, top_id: int, now: datetime) -> str:
    """The list of the last seven days for a unit and all below; empty when nothing was asked."""
    day, since = local_day(now, house.zone), now - timedelta(days=DAYS)
    house.faq.refresh(c)
    waiting = tickets.unanswered(c, top_id, day)
    asked = questions.most_asked(c, top_id, day, since, LISTED)
    proposed = entries.waiting(c, top_id, day)
    if not waiting and not asked and not proposed:
        return ""
    ever = questions.ever_asked(c, top_id, day)
    holding = house.faq.holding(Standpoint(tuple(units.line(c, top_id, day)), day))

    return house.words(
        "review.list",
        unit=units.get(c, top_id).name,
        days=DAYS,
        waiting=[(ticket, ticket.hours(now)) for ticket in waiting[:LISTED]],
        count=len(waiting),
        proposed=proposed[:LISTED],
        disliked=_named(house, questions.disliked(c, top_id, day, since, LISTED)),
        asked=_named(house, asked),
        never=sum(entry.id not in ever for entry in holding),
        entries=len(holding),
    )


def _named(house: House, rows: Sequence[Asked]) -> list[tuple[str, int]]:
    known = ((house.faq.get(row.entry_id), row.times) for row in rows)
    return [(entry.question, times) for entry, times in known if entry]


def tell(c: Connection, house: House, person_id: int, now: datetime) -> None:
    """Send a coordinator the lists of all units where they answer, in private."""
    tops = places(people.roles(c, person_id), Right.ANSWER)
    texts = [compose(c, house, top, now) for top in tops]
    for chat in reach.private_of(c, [person_id], now):
        for text in filter(None, texts):
            deliveries.queue(c, Letter(chat.id, text), now)


def flag(c: Connection, house: House, now: datetime, limit: int) -> int:
    """Tell authors of entries whose document is replaced or withdrawn; how many entries."""
    found = entries.outdated(c, limit)
    for each in found:
        entries.flagged(c, each.id, now)
        text = house.words("review.outdated", entry=each, ticket_id=ticket_of(each.id))
        for chat in _keepers(c, each, now):
            deliveries.queue(c, Letter(chat.id, text), now)
    return len(found)


def _keepers(c: Connection, entry: Outdated, now: datetime) -> Sequence[KnownChat]:
    """The author, or who coordinates the entry's unit where the author is not to be reached."""
    author = reach.private_of(c, [entry.author_id], now)
    return author or (of_unit(c, entry.unit_id, now) if entry.unit_id else ())
