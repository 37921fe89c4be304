"""On which topics an expert answers."""

from bot.feature import Feature
from bot.turn import Answer, Turn
from domain.people import Role
from storage import experts

feature = Feature("expertise")

DONE, ALL = "done", "all"


@feature.command("topics")
def topics(turn: Turn, argument: str) -> None:
    """The topics of the FAQ, each to be switched on or off; none is all of them."""
    if not any(role.role is Role.EXPERT for role in turn.roles):
        turn.say("expertise.experts_only")
        return
    _ask(turn, experts.topics_of(turn.c, [turn.person.id]).get(turn.person.id, set()))


@feature.step("pick")
def picked(turn: Turn, answer: Answer) -> None:
    known = _known(turn)
    chosen = experts.topics_of(turn.c, [turn.person.id]).get(turn.person.id, set())
    choice = turn.chosen(answer)
    if choice == DONE:
        turn.end()
        turn.say("expertise.done", topics=sorted(chosen))
    elif choice == ALL:
        experts.set_topics(turn.c, turn.person.id, ())
        turn.end()
        turn.say("expertise.done", topics=[])
    elif choice and int(choice) < len(known):
        chosen ^= {known[int(choice)]}
        experts.set_topics(turn.c, turn.person.id, chosen)
        _ask(turn, chosen)


def _ask(turn: Turn, chosen: set[str]) -> None:
    rows = [
        [(str(number), turn.words("expertise.topic", topic=topic, on=topic in chosen))]
        for number, topic in enumerate(_known(turn))
    ]
    ends = [(ALL, turn.words("expertise.all")), (DONE, turn.words("expertise.enough"))]
    turn.ask("expertise.pick", "expertise.which", [*rows, ends])


def _known(turn: Turn) -> list[str]:
    turn.house.faq.refresh(turn.c)
    return sorted({entry.topic for entry, _ in turn.house.faq.all() if entry.topic})
