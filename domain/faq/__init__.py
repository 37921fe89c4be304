"""Questions that people ask and the entries that answer them."""

from domain.faq.decision import Answer, Decision, Offer, Thresholds, Unknown, decide
from domain.faq.entry import Entry
from domain.faq.index import Hit, Index
from domain.faq.meaning import Embed
from domain.faq.reading import Abbreviations

__all__ = [
    "Abbreviations",
    "Answer",
    "Decision",
    "Embed",
    "Entry",
    "Hit",
    "Index",
    "Offer",
    "Thresholds",
    "Unknown",
    "decide",
]
