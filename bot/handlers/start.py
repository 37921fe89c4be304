"""First words, help, and who one is."""

from bot.feature import Feature
from bot.handlers import bind, join
from bot.turn import Turn
from storage import units

feature = Feature("start")


@feature.command("start")
def start(turn: Turn, argument: str) -> None:
    """Greets; with a code, as a deep link brings it, it joins or binds the group."""
    if argument and turn.in_group:
        bind.bind(turn, argument)
    elif argument:
        join.join(turn, argument)
    elif turn.roles or turn.in_group:
        help_(turn, "")
    else:
        turn.say("start.welcome", name=turn.person.name)


@feature.command("help")
def help_(turn: Turn, argument: str) -> None:
    """What Loa can do, on one phone screen."""
    turn.say("start.help", **join.powers(role.role for role in turn.roles))


@feature.command("me")
def me(turn: Turn, argument: str) -> None:
    """Which roles one has."""
    held = [(role.role.value, units.get(turn.c, role.unit_id).name) for role in turn.roles]
    group = units.get(turn.c, turn.chat.unit_id).name if turn.chat.unit_id else ""
    turn.say("start.me", name=turn.person.name, held=held, group=group)


@feature.command("stop")
def stop(turn: Turn, argument: str) -> None:
    """Ends whatever conversation is open."""
    turn.end()
    turn.say("door.stopped")
