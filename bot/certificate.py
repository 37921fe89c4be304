"""The certificate of a finished course, drawn as PNG."""

import unicodedata
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from bot.house import House
from bot.picture import COLOURS, INK, PALE, png_of
from domain.message import FileKind
from domain.period import local_day
from domain.text import nfc, shorten
from scheduler.errands import Making
from storage import learners, people, training
from storage.errands import Subject

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WIDTH, HEIGHT = 8.0, 5.6
"""Inches; some 1,040 by 730 dots."""
NAME, COURSE = 34, 60
"""Characters that fit on a line of their own."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """All words on it, from the top down."""

    heading: str
    given_to: str
    name: str
    completed: str
    course: str
    on_day: str
    teams: str


def making(c: Connection, house: House, subject: Subject) -> Making | None:
    """What the certificate of a `person` who finished a `run` is made from; None before that."""
    run_id, person_id = int(subject["run"]), int(subject["person"])
    taken = [each for each in learners.taken(c, person_id) if each.run_id == run_id]
    if not taken:
        return None

    name, course = people.get(c, person_id).name, training.get(c, run_id).course
    say = house.words.plain
    drawn = Certificate(
        heading=say("study.heading"),
        given_to=say("study.given_to"),
        name=name,
        completed=say("study.completed"),
        course=course.name,
        on_day=say("study.on_day", day=local_day(taken[0].last_at, house.zone)),
        teams=say("study.teams"),
    )
    text = house.words("study.ready", name=name, course=course.name)
    return Making(f"{course.id}.png", "image/png", FileKind.PHOTO, text, partial(png, drawn))


def png(certificate: Certificate) -> bytes:
    return png_of(_draw(certificate))


def _draw(certificate: Certificate) -> "Figure":
    # Imported here: it takes 40 MB, and most processes never draw.
    from matplotlib.figure import Figure
    from matplotlib.patches import Rectangle

    figure = Figure(figsize=(WIDTH, HEIGHT))
    for inset, thickness in ((0.025, 3.0), (0.04, 0.8)):
        size = 1 - 2 * inset
        figure.add_artist(
            Rectangle((inset, inset), size, size, fill=False, ec=COLOURS[0], lw=thickness)
        )
    lines = (
        (0.80, certificate.heading, 24, "bold", COLOURS[0]),
        (0.66, certificate.given_to, 12, "normal", PALE),
        (0.55, shorten(_drawable(certificate.name), NAME), 25, "bold", INK),
        (0.42, certificate.completed, 12, "normal", PALE),
        (0.33, shorten(certificate.course, COURSE), 17, "bold", INK),
        (0.20, certificate.on_day, 11, "normal", INK),
        (0.12, certificate.teams, 10, "normal", PALE),
    )
    for height, text, size, weight, colour in lines:
        # A name with a dollar sign is no formula.
        figure.text(
            0.5, height, text, size=size, weight=weight, color=colour, ha="center", parse_math=False
        )
    return figure


def _drawable(name: str) -> str:
    """A name without the pictures that people put into it, which the font does not have."""
    kept = [sign for sign in nfc(name) if unicodedata.category(sign)[0] in "LMNPZ" or sign == "$"]
    return "".join(kept).strip() or "…"
