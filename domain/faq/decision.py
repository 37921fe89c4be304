"""What to do with what was found: answer, ask which is meant, or say that it is not known."""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.faq.index import Hit


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From which score (0..1) an entry is answered, and from which it is offered as a choice.

    Raises ValueError unless 0 ≤ offer ≤ answer ≤ 1.
    """

    answer: float = 0.93
    offer: float = 0.25

    def __post_init__(self) -> None:
        if not 0 <= self.offer <= self.answer <= 1:
            raise ValueError(f"thresholds {self.offer} and {self.answer} are not in order, 0 to 1")


@dataclass(frozen=True, slots=True)
class Answer:
    """The entry found answers the question."""

    hit: Hit


@dataclass(frozen=True, slots=True)
class Offer:
    """One of these entries may be meant, the likeliest first."""

    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class Unknown:
    """No entry answers the question."""


Decision = Answer | Offer | Unknown


def decide(hits: Sequence[Hit], thresholds: Thresholds) -> Decision:
    """The way to take with the hits of one search, best first."""
    if hits and hits[0].score >= thresholds.answer:
        return Answer(hits[0])
    if hits and hits[0].score >= thresholds.offer:
        return Offer(tuple(hits))
    return Unknown()
