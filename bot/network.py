"""How the network has grown: in words, as a drawing and as a table."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from sqlalchemy import Connection

from bot.house import House
from bot.lines import Line, LinePicture, png
from bot.sheet import XLSX, Cells, Chart, Page, csv_text, xlsx
from bot.words import Words
from domain.growth import Headcount, Network, days_between, rise
from domain.message import FileKind
from domain.units import Level, Unit
from scheduler.errands import Making, file_name
from storage import units
from storage.errands import Subject
from storage.growth import networks

POINTS = 13
"""Days that are drawn."""
NAMED = 15


@dataclass(frozen=True, slots=True)
class Span:
    """A unit with all below it, from one day to another."""

    unit_id: int
    first: date
    last: date

    @property
    def subject(self) -> dict[str, int | str]:
        """As an errand keeps it."""
        return {
            "unit": self.unit_id,
            "first": self.first.isoformat(),
            "last": self.last.isoformat(),
        }

    @classmethod
    def of(cls, subject: Subject) -> "Span":
        first, last = (date.fromisoformat(str(subject[key])) for key in ("first", "last"))
        return cls(int(subject["unit"]), first, last)


@dataclass(frozen=True, slots=True)
class Grown:
    """The network of a unit on some days, in the borders of the last one; `units` are its children
    that had a team on the first day or the last."""

    words: Words
    unit: Unit
    units: Sequence[Unit]
    days: Sequence[Network]

    @classmethod
    def read(cls, c: Connection, house: House, span: Span, points: int) -> "Grown":
        """At so many days, the first and the last among them."""
        levels = team_levels(house.levels.values())
        days = days_between(span.first, span.last, points)
        found = networks(c, span.unit_id, levels, days)
        ids = {*found[0].branches, *found[-1].branches} - {span.unit_id}
        named = sorted((units.get(c, each) for each in ids), key=lambda unit: unit.code)
        return cls(house.words, units.get(c, span.unit_id), named, found)

    @property
    def before(self) -> Network:
        return self.days[0]

    @property
    def after(self) -> Network:
        return self.days[-1]

    def text(self, levels: dict[str, str]) -> str:
        """The sums and the children with most teams; `levels` are the names of levels."""
        before, after = self.before.whole, self.after.whole
        most = sorted(self.units, key=lambda unit: self._of(unit, self.after).teams, reverse=True)
        return self.words(
            "network.growth",
            unit=self.unit.name,
            first=self.before.day,
            last=self.after.day,
            after=after,
            teams=self._change(before.teams, after.teams),
            members=self._change(before.members, after.members),
            coverage=list(self._coverage(levels)),
            branches=[self._branch(unit) for unit in most[:NAMED]],
            others=len(most[NAMED:]),
        )

    def _branch(self, unit: Unit) -> tuple[str, Headcount, str]:
        before, after = self._of(unit, self.before), self._of(unit, self.after)
        return unit.name, after, self._change(before.teams, after.teams)

    def _of(self, unit: Unit, there: Network) -> Headcount:
        return there.branches.get(unit.id, Headcount())

    def _coverage(self, levels: dict[str, str]) -> Iterator[tuple[str, int, int, str]]:
        """How far teams reach into each level below the top, and how that has grown."""
        before = {each.level: each.covered for each in self.before.coverage}
        for each in self.after.coverage:
            if each.level != self.unit.level:
                change = self._change(before.get(each.level, 0), each.covered)
                yield levels[each.level], each.covered, each.units, change

    def _change(self, before: int, after: int) -> str:
        return self.words("network.change", rise=rise(before, after), after=after)

    def picture(self) -> LinePicture:
        span = {"first": self.before.day, "last": self.after.day}
        return LinePicture(
            self._say("title", unit=self.unit.name),
            self._say("span", **span),
            [each.day for each in self.days],
            [
                Line(self._say("teams"), [each.whole.teams for each in self.days]),
                Line(self._say("members"), [each.whole.members for each in self.days]),
            ],
        )

    def xlsx(self) -> bytes:
        """Two sheets: by day, drawn, and by child."""
        return xlsx(self._by_day(), self._by_branch())

    def csv(self) -> bytes:
        page = self._by_branch()
        return csv_text(page.header, page.rows)

    def _by_day(self) -> Page:
        header = [self._say(key) for key in ("day", "teams", "members")]
        rows = [(each.day, each.whole.teams, each.whole.members) for each in self.days]
        chart = Chart("line", self._say("title", unit=self.unit.name), (1, 2), len(rows))
        return Page(self._say("sheet_days"), header, rows, chart=chart)

    def _by_branch(self) -> Page:
        header = [
            self._say("unit"),
            self._say("teams_before", day=self.before.day),
            self._say("teams_before", day=self.after.day),
            self._say("rise_teams"),
            self._say("members_before", day=self.before.day),
            self._say("members_before", day=self.after.day),
            self._say("rise_members"),
        ]
        rows = [
            _row(unit.name, self._of(unit, self.before), self._of(unit, self.after))
            for unit in self.units
        ]
        total = _row(self._say("total"), self.before.whole, self.after.whole)
        return Page(self._say("sheet_branches"), header, [*rows, total], 1)

    def _say(self, key: str, **values: Any) -> str:
        return self.words.plain(f"network.{key}", **values)


def team_levels(levels: Iterable[Level]) -> list[str]:
    """The levels whose units are teams: those that report."""
    return [level.id for level in levels if level.reports]


def _row(name: str, before: Headcount, after: Headcount) -> Cells:
    teams, members = rise(before.teams, after.teams), rise(before.members, after.members)
    return name, before.teams, after.teams, teams, before.members, after.members, members


def drawing(c: Connection, house: House, subject: Subject) -> Making:
    grown = Grown.read(c, house, Span.of(subject), POINTS)
    make = partial(png, grown.picture())
    return Making(_named(grown, "png"), "image/png", FileKind.PHOTO, _told(grown), make)


def table(c: Connection, house: House, subject: Subject) -> Making:
    grown = Grown.read(c, house, Span.of(subject), POINTS)
    return Making(_named(grown, "xlsx"), XLSX, FileKind.DOCUMENT, _told(grown), grown.xlsx)


def _named(grown: Grown, ending: str) -> str:
    return file_name(f"{grown.unit.code}-{grown.after.day.isoformat()}", ending)


def _told(grown: Grown) -> str:
    span = {"first": grown.before.day, "last": grown.after.day}
    return grown.words("network.drawing", unit=grown.unit.name, **span)
