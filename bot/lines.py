"""A picture of numbers over days, one line above the other, as PNG for a chat."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from bot.picture import COLOURS, INK, PALE, TITLE, png_of
from bot.words import number
from domain.text import shorten

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH, HEIGHT, HEAD = 8.0, 2.4, 0.8
"""Inches: the picture's width, the height of a line's part, and of the title's."""


@dataclass(frozen=True, slots=True)
class Line:
    """What is counted, and how much of it there is on each day."""

    name: str
    values: Sequence[int]


@dataclass(frozen=True, slots=True)
class LinePicture:
    """What is drawn, with all its words."""

    title: str
    note: str
    days: Sequence[date]
    lines: Sequence[Line]


def png(picture: LinePicture) -> bytes:
    return png_of(_draw(picture))


def _draw(picture: LinePicture) -> "Figure":
    # Imported here: it takes 40 MB, and most processes never draw.
    from matplotlib.figure import Figure

    height = HEAD + HEIGHT * len(picture.lines)
    figure = Figure(figsize=(WIDTH, height))
    parts = figure.subplots(len(picture.lines), 1, squeeze=False)
    for line, axes in zip(picture.lines, parts[:, 0], strict=True):
        _line(axes, picture.days, line)
    figure.subplots_adjust(left=0.1, right=0.94, top=1 - HEAD / height, bottom=0.07, hspace=0.45)
    title = shorten(picture.title, TITLE)
    figure.text(0.02, 1 - 0.3 / height, title, size=13, weight="bold", color=INK)
    figure.text(0.02, 1 - 0.52 / height, picture.note, size=9, color=PALE)
    return figure


def _line(axes: "Axes", days: Sequence[date], line: Line) -> None:
    """One line over the days, the first and last number written at its ends."""
    from matplotlib.ticker import MaxNLocator

    places = [(day - days[0]).days for day in days]
    axes.plot(places, line.values, color=COLOURS[0], marker="o", markersize=3)
    axes.set_title(line.name, size=10, color=INK, loc="left")
    for place in {0, len(days) - 1}:
        at, value = (places[place], line.values[place]), line.values[place]
        axes.annotate(
            number(value), at, xytext=(0, 6), textcoords="offset points", size=9, ha="center"
        )
    axes.set_ylim(0, max(1, *line.values) * 1.25)
    marks = {places[0], places[len(places) // 2], places[-1]}
    labels = {place: day.strftime("%d/%m/%Y") for place, day in zip(places, days, strict=True)}
    axes.set_xticks(sorted(marks), [labels[place] for place in sorted(marks)], size=8, color=PALE)
    axes.yaxis.set_major_formatter(lambda value, _: number(int(value)))
    axes.yaxis.set_major_locator(MaxNLocator(5, integer=True))
    axes.tick_params(length=0, labelsize=8, labelcolor=PALE)
    axes.spines[["top", "right"]].set_visible(False)
