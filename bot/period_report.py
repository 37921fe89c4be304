"""The reports of a unit's period, whole: what tables and official papers are made from."""

import html
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import Connection

from bot.reported import shown
from bot.sheet import Cell, Cells, Chart, Page, csv_text, xlsx
from bot.words import Words
from domain.data_set import DataElement, RollUp
from domain.rates import Rate, Survey, percent
from domain.units import Unit
from storage import totals, units
from storage.totals import Filed, Summed

UNIT_COLUMNS = ("code", "unit", "parent", "submitted")
BRANCH_COLUMNS = ("unit", "expected", "actual", "on_time", "share")


@dataclass(frozen=True, slots=True)
class PeriodReport:
    """Every unit that should report with what it filed, its parent's name by code, and the sums."""

    survey: Survey
    top: Unit
    filed: Sequence[Filed]
    parents: Mapping[str, str]
    summed: Summed

    @classmethod
    def read(cls, c: Connection, survey: Survey, top_id: int) -> "PeriodReport":
        return cls(
            survey,
            units.get(c, top_id),
            totals.filed(c, survey, top_id),
            units.parent_names(c, top_id, survey.day),
            totals.summed(c, [survey], top_id),
        )

    @property
    def elements(self) -> Sequence[DataElement]:
        return self.survey.data_set.elements

    @property
    def summing(self) -> Sequence[DataElement]:
        """The elements that add up."""
        return [each for each in self.elements if each.is_number or each.roll_up is RollUp.COUNT]

    @property
    def missing(self) -> Sequence[Filed]:
        return [each for each in self.filed if each.submitted_at is None]

    def xlsx(self, words: Words) -> bytes:
        """A workbook: a row for each unit with the sums below, and the sums by branch, drawn."""
        return xlsx(self._units(words), self._branches(words))

    def csv(self, words: Words) -> bytes:
        page = self._units(words)
        return csv_text(page.header, page.rows)

    def _units(self, words: Words) -> Page:
        header = [*_heads(words, UNIT_COLUMNS), *(each.name for each in self.elements)]
        return Page(_say(words, "sheet_reports"), header, self._unit_rows(words), fixed=2)

    def _unit_rows(self, words: Words) -> Iterator[Cells]:
        for each in self.filed:
            at = each.submitted_at and each.submitted_at.astimezone(self.survey.zone)
            told = at.replace(tzinfo=None) if at else None
            answers = [self._cell(words, each, element) for element in self.elements]
            yield each.code, each.name, self.parents.get(each.code), told, *answers
        rate = _say(words, "rate", rate=self.summed.rate)
        yield _say(words, "total"), None, None, rate, *self._sums(self.summed.totals, self.elements)

    def _cell(self, words: Words, filed: Filed, element: DataElement) -> Cell:
        value = filed.values.get(element.id)
        if filed.no_activity and value is None:
            return Decimal(0) if counts(element) else _say(words, "no_activity")
        if isinstance(value, str):
            return html.unescape(shown(words, element, value))
        return value

    def _sums(
        self, found: Mapping[str, Decimal], elements: Sequence[DataElement]
    ) -> Sequence[Decimal | None]:
        """The sums of these elements; none of one that does not add up."""
        summing = {each.id for each in self.summing}
        return [found.get(each.id, Decimal(0)) if each.id in summing else None for each in elements]

    def _branches(self, words: Words) -> Page:
        header = [*_heads(words, BRANCH_COLUMNS), *(each.name for each in self.summing)]
        title = _say(words, "chart", period=self.survey.period)
        chart = Chart("column", title, (1, 2), len(self.summed.branches))
        return Page(_say(words, "sheet_branches"), header, self._branch_rows(words), 1, chart)

    def _branch_rows(self, words: Words) -> Iterator[Cells]:
        for unit, rate in self.summed.branches:
            sums = self._sums(self.summed.by_branch[unit.id], self.summing)
            yield unit.name, *_counted(rate), *sums
        sums = self._sums(self.summed.totals, self.summing)
        yield _say(words, "total"), *_counted(self.summed.rate), *sums


def _heads(words: Words, columns: Sequence[str]) -> list[str]:
    return [_say(words, column) for column in columns]


def _say(words: Words, key: str, **values: object) -> str:
    return words.plain(f"paper.{key}", **values)


def counts(element: DataElement) -> bool:
    """Whether "no activity" is a zero to it."""
    return element.is_number and element.roll_up is RollUp.SUM


def _counted(rate: Rate) -> tuple[int, int, int, int]:
    return rate.expected, rate.actual, rate.on_time, percent(rate.share)
