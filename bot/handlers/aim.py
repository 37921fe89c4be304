"""Where a document goes: a subtree and its levels."""

from bot.broadcast import describe
from bot.feature import Feature
from bot.handlers import pick, plan
from bot.turn import Answer, Turn
from domain.people import Right
from storage import documents, units

feature = Feature("aim")

ALL = "all"


def aim(turn: Turn, tops: list[int], document_id: int) -> None:
    """Ask where a document goes, among the units of `tops` and all below them."""
    document = documents.get(turn.c, document_id)
    if not any(document.unit_id in turn.line(top) for top in tops):
        turn.end()
        turn.say("door.not_allowed")
    elif document.withdrawn_at:
        turn.end()
        turn.say("plan.withdrawn", **describe(document))
    else:
        pick.pick_unit(turn, "aim.unit", tops, {"document": document_id}, subtree=True)


@feature.step("unit")
def unit_picked(turn: Turn, answer: Answer) -> None:
    """Ask for the levels, where the subtree has more than one."""
    unit_id = int(answer.choice)
    if not turn.may(Right.ANNOUNCE, unit_id):
        turn.end()
        turn.say("door.not_allowed")
        return
    below = units.below(turn.c, unit_id, turn.day)
    present = {unit.level for unit in below}
    levels = [level for level in turn.house.levels.values() if level.id in present]
    data = turn.data | {"unit": unit_id}
    if len(levels) == 1:
        turn.reopen(data)
        turn.next = ("aim.levels", Answer(choice=levels[0].id))
        return
    counts = {level.id: sum(unit.level == level.id for unit in below) for level in levels}
    rows = [
        [(level.id, turn.words("aim.level", level=level.name, count=counts[level.id]))]
        for level in levels
    ]
    every = [[(ALL, turn.words("aim.all_levels"))]]
    turn.ask("aim.levels", "aim.ask_levels", [*rows, *every], data)


@feature.step("levels")
def levels_picked(turn: Turn, answer: Answer) -> None:
    """Show what will be sent, and ask when."""
    known = list(turn.house.levels)
    if answer.choice != ALL and answer.choice not in known:
        turn.say("door.choose")
        return
    levels = known if answer.choice == ALL else [answer.choice]
    plan.plan(turn, turn.data["document"], turn.data["unit"], levels)
