"""Checks of what a coordinator may edit: sentences, commands, FAQ, data sets, courses."""

from collections.abc import Callable, Iterator, Sized
from pathlib import Path
from zoneinfo import ZoneInfo

import yaml
from jinja2 import Environment, TemplateSyntaxError

from bot.calendar import load_calendar
from bot.commands import Vocabulary
from bot.courses import load_courses
from bot.data_sets import BadDataSet, load_data_sets
from bot.faq import BadFaq, load_abbreviations, load_faq
from bot.word_template import FIELDS, WordTemplate
from bot.words import CONTENT, read_templates
from loa.checkup.finding import Finding, good, wrong

_SPOILT = OSError, ValueError, yaml.YAMLError, AttributeError, LookupError, TypeError
UNREADABLE = (BadFaq, BadDataSet, *_SPOILT)
"""What the loaders raise for a file that somebody has spoilt."""


def check_content(folder: Path = CONTENT) -> Iterator[Finding]:
    parts: dict[str, Callable[[Path], Sized]] = {
        "messages": _messages,
        "commands.yaml": _commands,
        "faq": _faq,
        "data_sets": load_data_sets,
        "calendar.yaml": _calendar,
        "templates/weekly_report.docx": _template,
        "courses": load_courses,
    }
    for name, load in parts.items():
        try:
            yield good("content", part=name, count=len(load(folder / name)))
        except UNREADABLE as error:
            yield wrong("content_spoilt", part=name, error=str(error))


def _messages(folder: Path) -> Sized:
    templates = read_templates(folder)
    for key, text in templates.items():
        try:
            Environment().parse(text)
        except TemplateSyntaxError as error:
            raise ValueError(f"{key}: {error.message}") from error
    return templates


def _commands(path: Path) -> Sized:
    return Vocabulary.load(path).commands


def _calendar(path: Path) -> Sized:
    calendar = load_calendar(ZoneInfo("UTC"), path)
    return calendar.off | calendar.worked


def _template(path: Path) -> Sized:
    WordTemplate.load(path)
    return FIELDS


def _faq(folder: Path) -> Sized:
    load_abbreviations(folder.with_name("abbreviations.yaml"))
    return load_faq(folder)
