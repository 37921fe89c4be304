"""The digest for coordinators: a period's sums in one message, with a picture."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from functools import partial

from sqlalchemy import Connection

from bot.coordinators import of_unit
from bot.house import House
from bot.paper import subject, survey_of
from bot.picture import SHOWN, Bar, Picture, png
from domain.broadcast import Priority
from domain.data_set import DataSet
from domain.digest import Branch, risen, silent
from domain.message import FileKind
from domain.people import Role
from domain.rates import Rate, Survey, percent
from domain.units import Unit
from scheduler.errands import Making
from storage import chats, deliveries, digests, errands, units
from storage.deliveries import Letter
from storage.errands import Kind, Subject
from storage.totals import Summed, summed

RISEN, NAMED = 3, 10
"""Branches that the message names: it is to fit under a picture."""
PERIODS = 8
"""Bars of a unit whose children are teams: a bar a period, for a team alone is none."""


@dataclass(frozen=True, slots=True)
class Digest:
    """All that is told; `before` is the period before it."""

    survey: Survey
    unit: Unit
    sums: Summed
    before: Summed
    branches: Sequence[Branch]

    @property
    def resting(self) -> int:
        return sum(each.resting for each in self.branches)


def tell(c: Connection, house: House, survey: Survey, unit_id: int, now: datetime) -> int:
    """Tell a unit's coordinators; to how many chats. The picture is made outside of this."""
    found = of_unit(c, unit_id, now, {Role.COORDINATOR})
    for chat in found:
        if chats.skills(c, chat.account_id).files_out:
            errands.give(c, Kind.DIGEST, subject(survey, unit_id), chat.id, now)
        elif digest := read(c, survey, unit_id):
            letter = Letter(chat.id, words(house, digest), priority=Priority.BROADCAST)
            deliveries.queue(c, letter, now)
    return len(found)


def making(c: Connection, house: House, about: Subject) -> Making | None:
    """What the message with its picture is made from; None where nothing is due."""
    survey = survey_of(house, about)
    digest = read(c, survey, int(about["unit"])) if survey else None
    if digest is None:
        return None
    make = partial(png, picture(c, house, digest))
    name = f"{digest.unit.code}-{digest.survey.period.id}.png"
    return Making(name, "image/png", FileKind.PHOTO, words(house, digest), make)


def read(c: Connection, survey: Survey, unit_id: int) -> Digest | None:
    """None for a unit below which nothing was due."""
    sums = summed(c, [survey], unit_id)
    if not sums.rate.expected:
        return None
    earlier = replace(survey, period=survey.period.previous())
    before = summed(c, [earlier], unit_id)
    now, then = sums.by_branch, before.by_branch
    resting = digests.resting_by_branch(c, survey, unit_id)
    branches = [
        Branch(each.name, rate, resting.get(each.id, 0), now[each.id], then.get(each.id, {}))
        for each, rate in sums.branches
    ]
    return Digest(survey, units.get(c, unit_id), sums, before, branches)


def words(house: House, digest: Digest) -> str:
    quiet = silent(digest.branches)
    return house.words(
        "digest.sums",
        name=digest.survey.data_set.name,
        unit=digest.unit.name,
        period=digest.survey.period,
        rate=digest.sums.rate,
        percent=percent(digest.sums.rate.share),
        before=digest.before.rate,
        lines=_lines(digest.survey.data_set, digest.sums.totals, digest.before),
        risen=risen(digest.branches, RISEN),
        silent=quiet[:NAMED],
        others=len(quiet[NAMED:]),
        resting=digest.resting,
    )


def _lines(
    data_set: DataSet, totals: Mapping[str, Decimal], before: Summed
) -> list[tuple[str, Decimal, Decimal | None]]:
    """Each element's name, what it comes to, and how much more than in the period before."""
    known = before.totals if before.rate.actual else {}
    return [
        (each.name, totals[each.id], totals[each.id] - known[each.id] if each.id in known else None)
        for each in data_set.elements
        if each.id in totals
    ]


def picture(c: Connection, house: House, digest: Digest) -> Picture:
    """The branches, those with the most silent teams first; or the last periods of a few teams."""
    teams = all(each.rate.expected == 1 for each in digest.branches)
    bars = _periods(c, house, digest) if teams else _branches(digest)
    names = {"unit": digest.unit.name, "name": digest.survey.data_set.name}
    rate, say = digest.sums.rate, house.words.plain
    return Picture(
        title=say("digest.title", **names),
        sums=say("digest.rate", period=digest.survey.period, rate=rate),
        note=say(
            "digest.periods" if teams else "digest.branches",
            shown=len(bars),
            count=len(digest.branches),
        ),
        legend=(
            say("digest.on_time"),
            say("digest.late"),
            say("digest.silent"),
            say("digest.resting"),
        ),
        bars=bars,
    )


def _branches(digest: Digest) -> list[Bar]:
    worst = sorted(digest.branches, key=lambda each: (-each.silent, each.name))
    return [_bar(each.name, each.rate, each.resting) for each in worst[:SHOWN]]


def _periods(c: Connection, house: House, digest: Digest) -> list[Bar]:
    """The last periods, the newest first, back to the first of which any report came."""
    bars, first, survey = [], 1, digest.survey
    for number in range(1, PERIODS + 1):
        rate = summed(c, [survey], digest.unit.id).rate
        resting = sum(digests.resting_by_branch(c, survey, digest.unit.id).values())
        bars.append(_bar(house.words.plain("digest.bar", period=survey.period), rate, resting))
        first = number if rate.actual else first
        survey = replace(survey, period=survey.period.previous())
    return bars[:first]


def _bar(name: str, rate: Rate, resting: int) -> Bar:
    silence = max(0, rate.missing - resting)
    late = rate.actual - rate.on_time
    return Bar(name, (rate.on_time, late, silence, rate.missing - silence))
