"""What all conversations share: the words, the questions, the data sets and the settings."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from bot.commands import Vocabulary
from bot.faq import Faq, FaqRules
from bot.word_template import WordTemplate
from bot.words import Words
from domain.broadcast import QuietHours
from domain.calendar import Calendar
from domain.course import Course
from domain.data_set import DataSet
from domain.faq import Abbreviations, Thresholds
from domain.ticket import TicketRules
from domain.units import Level, TeamRule


@dataclass(frozen=True, slots=True)
class Limits:
    """What a person may do: lengths in characters, sizes in bytes."""

    text: int = 4000
    file: int = 20 * 1024 * 1024
    code_days: int = 30
    group_code_hours: int = 72
    wrong_codes_an_hour: int = 5
    approve_above: int = 500
    """From more groups than this a second person approves a broadcast or a course; 0 is never."""
    passage_hours: int = 24


@dataclass(frozen=True, slots=True)
class House:
    words: Words
    vocabulary: Vocabulary
    faq: Faq
    abbreviations: Abbreviations
    thresholds: Thresholds
    data_sets: Mapping[str, DataSet]
    courses: Mapping[str, Course]
    levels: Mapping[str, Level]
    team_rules: Mapping[str, TeamRule]
    zone: ZoneInfo
    calendar: Calendar
    quiet: QuietHours
    faq_rules: FaqRules
    tickets: TicketRules
    word_template: WordTemplate
    limits: Limits = Limits()
    quotas: Mapping[str, int] = field(default_factory=dict)
    """How many messages a month each account may send; one that is not in it has no limit."""
