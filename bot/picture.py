"""The picture of a broadcast: a bar for each branch, as PNG for a chat and as SVG for a page."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from domain.standing import Tally
from domain.text import shorten

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SHOWN = 30
"""Bars in one picture: more cannot be read on a telephone."""

COLOURS = ("#14795b", "#a3d9c3", "#d1495b", "#d9dde3")
"""Green, pale green, red and grey, which differ in lightness too."""
INK, PALE = "#1f2933", "#616e7c"
WIDTH, LEFT, RIGHT, TOP, BOTTOM, BAR = 8.0, 2.5, 0.9, 1.0, 0.35, 0.3
"""Inches: the picture's width, its margins, and the height of a bar with the space around it."""
DOTS = 130
"""A picture for telephones: some 1,040 dots wide."""
LONGEST, TITLE = 28, 70
"""Characters of a branch's name and of the title."""
LEGEND: dict[str, Any] = {"ncols": 4, "frameon": False, "fontsize": 8.5, "handlelength": 1.0}


@dataclass(frozen=True, slots=True)
class Bar:
    """A branch: how many of its units are in each segment, from the best to the worst."""

    name: str
    segments: tuple[int, int, int, int]

    @classmethod
    def of(cls, name: str, tally: Tally) -> "Bar":
        """Acknowledged, only got it, lost, and still to come."""
        heard = tally.acknowledged + tally.silent
        lost = min(tally.lost, tally.units - heard)
        rest = tally.units - heard - lost
        return cls(name, (tally.acknowledged, tally.silent, lost, rest))

    @property
    def total(self) -> int:
        return sum(self.segments)

    @property
    def shares(self) -> tuple[float, ...]:
        return tuple(each / max(1, self.total) for each in self.segments)


@dataclass(frozen=True, slots=True)
class Picture:
    """What is drawn, with all its words; `legend` names the segments."""

    title: str
    sums: str
    note: str
    legend: tuple[str, str, str, str]
    bars: Sequence[Bar]


def worst_first(bars: Sequence[Bar]) -> list[Bar]:
    """The bars that fit into a picture, the one with the smallest share acknowledged first."""
    return sorted(bars, key=lambda bar: (bar.shares[0], bar.name))[:SHOWN]


def png(picture: Picture) -> bytes:
    return png_of(_draw(picture))


def png_of(figure: "Figure") -> bytes:
    file = io.BytesIO()
    figure.savefig(file, format="png", dpi=DOTS)
    return file.getvalue()


def svg(picture: Picture) -> str:
    """The same as SVG whose text is text, to be found and read aloud."""
    file = io.StringIO()
    _draw(picture).savefig(file, format="svg", metadata={"Date": None})
    return file.getvalue()


def _draw(picture: Picture) -> "Figure":
    # Imported here: it takes 40 MB, and most processes never draw.
    import matplotlib as mpl
    from matplotlib.figure import Figure

    mpl.rcParams["svg.fonttype"] = "none"
    height = TOP + BOTTOM + BAR * len(picture.bars)
    figure = Figure(figsize=(WIDTH, height))
    figure.subplots_adjust(
        left=LEFT / WIDTH, right=1 - RIGHT / WIDTH, top=1 - TOP / height, bottom=BOTTOM / height
    )
    _bars(figure.add_subplot(), picture)
    said: list[tuple[float, str, dict[str, Any]]] = [
        (0.3, shorten(picture.title, TITLE), {"size": 13, "weight": "bold", "color": INK}),
        (0.55, picture.sums, {"size": 9, "color": PALE}),
        (height - 0.12, picture.note, {"size": 8, "color": PALE}),
    ]
    for inches, text, style in said:
        figure.text(0.02, 1 - inches / height, text, **style)
    figure.legend(loc="upper left", bbox_to_anchor=(0.01, 1 - 0.62 / height), **LEGEND)
    return figure


def _bars(axes: "Axes", picture: Picture) -> None:
    """Each bar as long as the others, so that shares can be compared; the numbers at its end."""
    places = range(len(picture.bars))
    begun = [0.0] * len(picture.bars)
    for segment, (label, colour) in enumerate(zip(picture.legend, COLOURS, strict=True)):
        shares = [bar.shares[segment] for bar in picture.bars]
        axes.barh(places, shares, left=begun, height=0.66, color=colour, label=label)
        begun = [start + share for start, share in zip(begun, shares, strict=True)]
    for place, bar in zip(places, picture.bars, strict=True):
        said = f"{bar.segments[0]}/{bar.total}"
        axes.text(1.015, place, said, va="center_baseline", size=9, color=INK)
    names = [shorten(bar.name, LONGEST) for bar in picture.bars]
    axes.set_yticks(places, names, size=9, color=INK)
    axes.set_xlim(0, 1)
    axes.set_ylim(len(picture.bars) - 0.5, -0.5)
    axes.tick_params(length=0)
    axes.xaxis.set_visible(False)
    axes.spines[:].set_visible(False)
