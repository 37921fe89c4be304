"""One answer of the FAQ, and the ways in which people ask for it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """An answer with its question, other wordings of it, and the document or site it rests on.

    `audience` names whom it is written for; empty or "everyone" is everyone.
    """

    id: str
    topic: str
    question: str
    answer: str
    source: str
    wordings: tuple[str, ...] = ()
    audience: tuple[str, ...] = ()
