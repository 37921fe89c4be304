"""What pydantic cannot know of settings: whether they fit each other."""

from collections.abc import Iterable, Sequence
from datetime import time
from difflib import get_close_matches

from pydantic_core import PydanticCustomError

from domain.units import Level, TeamRule
from loa.settings_file import Fault


def refuse(faults: Sequence[Fault]) -> None:
    """Let a validator fail by all these faults at once; their paths begin below its field."""
    if faults:
        raise PydanticCustomError("faults", "does not fit", {"faults": faults})


def unknown(kind: str, name: str, known: Iterable[str]) -> str:
    """That there is no such key or value, and the one that may be meant."""
    near = get_close_matches(name, list(known), n=1)
    return f"no {kind} '{name}'" + (f"; did you mean '{near[0]}'?" if near else "")


def read_hour(value: object) -> time:
    """An hour as "21:00". Without its quotes YAML reads it as a number in base 60."""
    try:
        return time.fromisoformat(str(value) if isinstance(value, str | time) else "")
    except ValueError:
        raise ValueError('needs an hour in quotes, as "21:00"') from None


def read_waits(value: object) -> object:
    """One wait is a list of one."""
    return value if isinstance(value, list | tuple) else (value,)


def check_rising(hours: tuple[int, ...]) -> tuple[int, ...]:
    if list(hours) != sorted(set(hours)):
        raise ValueError("needs hours that rise, as [24, 72]")
    return hours


def check_levels(levels: Sequence[Level]) -> list[Fault]:
    """Levels are a tree without a circle when each stands under levels written before it."""
    faults = []
    ids = [level.id for level in levels]
    for index, level in enumerate(levels):
        if not level.id or not level.name:
            faults.append(Fault((index,), "needs an id and a name"))
        if level.id in ids[:index]:
            faults.append(Fault((index, "id"), f"'{level.id}' is a level already"))
        for place, above in enumerate(level.under):
            if above not in ids:
                faults.append(Fault((index, "under", place), unknown("level", above, ids)))
            elif above not in ids[:index]:
                why = f"level '{above}' must be written before the levels under it"
                faults.append(Fault((index, "under", place), why))
    if all(level.under for level in levels):
        faults.append(Fault((), "needs a level that stands under none"))
    return faults


def check_team_rules(rules: Sequence[TeamRule], levels: Sequence[Level] | None) -> list[Fault]:
    """`levels` is None when they are wrong themselves; then nothing is said of them."""
    faults = []
    known = [level.id for level in levels or ()]
    for index, rule in enumerate(rules):
        if levels is not None and rule.level not in known:
            faults.append(Fault((index, "level"), unknown("level", rule.level, known)))
        if rule.level in (other.level for other in rules[:index]):
            faults.append(Fault((index, "level"), f"'{rule.level}' has a rule already"))
        for key in ("least", "most", "least_it"):
            if getattr(rule, key) < 0:
                faults.append(Fault((index, key), "cannot be less than 0"))
        if 0 < rule.most < max(rule.least, rule.least_it):
            faults.append(Fault((index, "most"), "is less than least or least_it"))
    return faults
