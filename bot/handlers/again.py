"""An answer did not help, or there is more to say: it goes on with the question that was asked."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot import attachment
from bot.feature import Feature
from bot.ticket import ASKED, go_on, hand, in_hand, masked
from bot.turn import Answer, Turn
from domain.text import words
from domain.ticket import settles
from scheduler.telemetry import Count
from storage import tickets
from storage.tickets import Ticket

feature = Feature("again")

ENOUGH = "enough"
READ_WITHIN = timedelta(days=2)
"""How long "it still does not work" may be said without saying of what: people read late."""
MORE_WITHIN = timedelta(hours=1)
AT_ONCE = timedelta(minutes=2)
"""How soon words belong to those before that were not said to Loa for sure, or ask the same."""


def last(turn: Turn) -> Ticket | None:
    """The question of this person with which something was done last; in a group, of that."""
    here = turn.chat.id if turn.in_group else None
    return tickets.last_of(turn.c, turn.person.id, turn.now - READ_WITHIN, here)


def said(turn: Turn, ticket: Ticket, text: str, files: Sequence[int]) -> None:
    """Carry what the asker says to who has the question in hand, and ask for more."""
    fresh = _carry(turn, ticket, text, files)
    key = "again.carried" if ticket.open else "again.reopened"
    data = {"ticket": ticket.id, "at": turn.now.isoformat()}
    rows = [[(ENOUGH, turn.words("again.enough"))]]
    about = of_asking(turn, ticket.id)
    turn.ask("again.more", key, rows, data, numbered=False, about=about, ticket=fresh)


def _carry(turn: Turn, ticket: Ticket, text: str, files: Sequence[int]) -> Ticket:
    if not ticket.open:
        turn.count(Count.QUESTIONS, "reopened")
    return go_on(turn.c, turn.house, ticket, masked(turn.house, text), files, turn.now)


def of_asking(turn: Turn, ticket_id: int) -> str:
    """What is said to an asker is about that: a reply to it, or more of its album, goes on."""
    asked = f"{ASKED}:{ticket_id}"
    return attachment.of_album(turn, asked) or asked


@feature.step("more")
def more(turn: Turn, answer: Answer) -> None:
    """What they add is carried on; commands, thanks and what comes late are heard as ever."""
    ticket = tickets.get(turn.c, turn.data["ticket"])
    within = MORE_WITHIN if turn.spoken_to else AT_ONCE
    late = turn.now - datetime.fromisoformat(turn.data["at"]) > within
    if turn.meant(answer, no=ENOUGH) and (answer.choice or not late):
        turn.end()
        turn.say("again.waits")
    elif ticket is None or late or not ticket.open or _is_no_more(turn, answer.text):
        turn.hear_anew()
    else:
        turn.end()
        fresh = _carry(turn, ticket, answer.text, attachment.of_question(turn))
        turn.tell(turn.chat.id, "again.added", about=of_asking(turn, fresh.id), ticket=fresh)


def _is_no_more(turn: Turn, text: str) -> bool:
    """Whether words add nothing to a question: a command, thanks, "em làm được rồi ạ"."""
    vocabulary = turn.house.vocabulary
    empty = not words(text) and not attachment.is_with(turn)
    return (
        empty or vocabulary.is_command(text) or bool(vocabulary.small_talk(text)) or settles(text)
    )


@feature.press("pressed")
def pressed(turn: Turn, argument: str) -> None:
    ticket = turn.by_number(tickets.get, argument)
    if ticket is None or not ticket.question:
        turn.notice = turn.words("door.old_button")
    elif ticket.asker_id != turn.person.id:
        turn.notice = turn.words("helpful.not_yours")
    else:
        said(turn, ticket, "", [])


@feature.reply(ASKED)
def replied(turn: Turn, key: str) -> None:
    """A reply of the asker to what they were told goes on; of others it is a question of theirs."""
    ticket = tickets.get(turn.c, int(key.partition(":")[0]))
    mine = ticket is not None and ticket.asker_id == turn.person.id and bool(ticket.question)
    if ticket is None or not mine or _is_no_more(turn, turn.message.text):
        turn.hear_beside()
    else:
        said(turn, ticket, turn.message.text, attachment.of_question(turn))


@feature.album(ASKED)
def file_added(turn: Turn, key: str) -> None:
    """A further file of the album with which somebody asked."""
    ticket = tickets.get(turn.c, int(key))
    files = attachment.of_question(turn)
    if ticket is not None and ticket.asker_id == turn.person.id:
        tickets.add_words(turn.c, ticket, "", files)
        for chat_id in in_hand(turn.c, turn.house, ticket, turn.now):
            hand(turn.c, ticket, chat_id, files, turn.house.quiet.over(turn.now))
    elif "files" in turn.data:
        turn.reopen(turn.data | {"files": [*turn.data["files"], *files]})
