"""What is kept of somebody: shown to them, and wiped when they ask."""

from bot.feature import Feature
from bot.personal import counts, subject
from bot.turn import Answer, Turn
from storage import errands, personal, units
from storage.errands import Kind
from storage.personal import Wipe

feature = Feature("privacy")

YES, NO = "yes", "no"


@feature.command("my_data")
def fetch(turn: Turn, argument: str) -> None:
    """In short at once, and whole as a file that is made apart from this answer."""
    if turn.in_group:
        turn.say("door.private_only")
        return
    mine = turn.person.id
    kept = personal.kept(turn.c, mine)
    personal.handed_over(turn.c, mine)
    turn.say(
        "privacy.kept",
        name=turn.person.name,
        phone=next(row["phone"] for row in kept["person"] if row["id"] == mine),
        held=[(role.role.value, units.get(turn.c, role.unit_id).name) for role in turn.roles],
        counts=counts(turn.house, kept),
        files=turn.can.files_out,
    )
    if turn.can.files_out:
        errands.give(turn.c, Kind.PERSONAL, subject(mine), turn.chat.id, turn.now)


@feature.command("wipe_me")
def ask(turn: Turn, argument: str) -> None:
    """Say what goes and what stays, and ask once more."""
    if turn.in_group:
        turn.say("door.private_only")
        return
    choices = [[(YES, turn.words("privacy.yes"))], [(NO, turn.words("privacy.no"))]]
    turn.ask("privacy.sure", "privacy.ask", choices, {})


@feature.step("sure")
def sure(turn: Turn, answer: Answer) -> None:
    chosen = turn.chosen(answer, yes=YES)
    if chosen == NO:
        turn.end()
        turn.say("privacy.left")
    elif chosen == YES:
        turn.end()
        how = Wipe(turn.day, turn.now, turn.words("door.forgotten"))
        personal.wipe(turn.c, turn.person.id, how, last_word=turn.chat.id)
        turn.say("privacy.wiped")
