"""What a group's owners decide about it, as facts: for messengers whose groups have such rules."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rules:
    """`locked`: only administrators speak. `approval`: who wants in waits for an administrator.

    `by_link`: the group's link lets people in. `history`: newcomers see what was said before.
    """

    locked: bool = False
    approval: bool = False
    by_link: bool = True
    history: bool = True


@dataclass(frozen=True, slots=True)
class Arranged:
    """A group has this title, this text about it and these rules now."""

    chat: str
    title: str
    about: str = ""
    rules: Rules = Rules()


@dataclass(frozen=True, slots=True)
class Asked:
    """Someone would come in, and waits for an administrator's word."""

    chat: str
    user: int
    by: int
    date: int


@dataclass(frozen=True, slots=True)
class TurnedAway:
    chat: str
    user: int
    by: int
    date: int


@dataclass(frozen=True, slots=True)
class Enabled:
    """A group's paid time is over (`on` false), or it was paid for again."""

    chat: str
    on: bool


@dataclass(frozen=True, slots=True)
class Dissolved:
    """A group is no more; its messages stay to be read."""

    chat: str
    by: int
    date: int


RuleFact = Arranged | Asked | TurnedAway | Enabled | Dissolved
