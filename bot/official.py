"""The official report of a unit's period, in the form of Decree 30/2020/NĐ-CP, as Word.

Number, date, recipients and who signs are left blank: the office fills them in.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from bot.period_report import PeriodReport
from bot.word_template import WordTemplate
from bot.words import Words, number
from domain.rates import Survey, percent
from storage import approvals, practices, targets
from storage.practices import Practice
from storage.totals import Filed

if TYPE_CHECKING:
    from docxtpl import DocxTemplate, InlineImage  # type: ignore[import-untyped]  # without types

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
WIDE, HIGH = 110, 90
"""Millimetres that a photo may take."""


@dataclass(frozen=True, slots=True)
class OfficialReport:
    """What the paper says; `targets` by element, `photos` of a practice as names of files."""

    report: PeriodReport
    targets: Mapping[str, Decimal]
    approved: bool
    practices: Sequence[tuple[Practice, Sequence[str]]]
    at: datetime

    @classmethod
    def read(cls, c: Connection, report: PeriodReport, now: datetime) -> "OfficialReport":
        survey, top_id = report.survey, report.top.id
        period = survey.period
        return cls(
            report,
            targets.of_unit(c, survey.data_set.id, period.id, top_id),
            approvals.is_approved(c, survey, top_id),
            [
                (each, practices.photos(c, each.id))
                for each in practices.approved(c, top_id, survey.day, *_span(survey))
            ],
            now,
        )

    def docx(self, words: Words, template: WordTemplate, folder: Path) -> bytes:
        """The document; photos that are not in the folder, or are none, are left out."""
        document = template.open()
        shared = [
            {
                "unit": each.unit_name,
                "text": each.text,
                "photos": list(_pictures(document, folder, photos)),
            }
            for each, photos in self.practices
        ]
        return template.fill(document, self._fields(words) | {"practices": shared})

    def _fields(self, words: Words) -> dict[str, Any]:
        report, rate = self.report, self.report.summed.rate
        return {
            "unit": report.top.name,
            "unit_capitals": report.top.name.upper(),
            "report_name": report.survey.data_set.name,
            "period": words.plain("official.period", period=report.survey.period),
            "as_of": words.plain("official.as_of", at=self.at),
            "approved": self.approved,
            "expected": number(rate.expected),
            "actual": number(rate.actual),
            "share": percent(rate.share),
            "on_time": number(rate.on_time),
            "no_activity": rate.no_activity and number(rate.no_activity),
            "lines": self._lines(),
            "branches": self._branches(),
            "missing": list(_by_parent(report)),
            "missing_count": number(rate.missing),
        }

    def _lines(self) -> list[dict[str, object]]:
        found = self.report.summed.totals
        return [
            {
                "number": place,
                "name": each.name,
                "value": number(found.get(each.id, Decimal(0))),
                "target": number(self.targets[each.id]) if each.id in self.targets else "",
            }
            for place, each in enumerate(self.report.summing, 1)
        ]

    def _branches(self) -> list[dict[str, object]]:
        return [
            {
                "name": unit.name,
                "expected": number(rate.expected),
                "actual": number(rate.actual),
                "on_time": number(rate.on_time),
                "share": percent(rate.share),
                "sums": [
                    number(self.report.summed.by_branch[unit.id].get(each.id, Decimal(0)))
                    for each in self.report.summing
                ],
            }
            for unit, rate in self.report.summed.branches
        ]


def _span(survey: Survey) -> tuple[datetime, datetime]:
    """The moments between which the period lies."""
    first, last = survey.period.first, survey.period.last + timedelta(days=1)
    return datetime.combine(first, time(), survey.zone), datetime.combine(last, time(), survey.zone)


def _by_parent(report: PeriodReport) -> Iterator[dict[str, object]]:
    """Who has not reported: the names in each unit above, in one line."""

    def parent(filed: Filed) -> str:
        return report.parents.get(filed.code, "")

    for name, units in groupby(sorted(report.missing, key=parent), parent):
        names = [each.name for each in units]
        yield {"parent": name, "names": ", ".join(names), "count": number(len(names))}


def _pictures(
    document: "DocxTemplate", folder: Path, names: Sequence[str]
) -> "Iterator[InlineImage]":
    from docx.image.exceptions import UnrecognizedImageError
    from docx.image.image import Image
    from docx.shared import Mm
    from docxtpl import InlineImage

    for name in names:
        try:
            picture = Image.from_file(str(folder / name))
        except (OSError, UnrecognizedImageError):
            continue
        size = {"height": Mm(HIGH)} if picture.px_height > picture.px_width else {"width": Mm(WIDE)}
        yield InlineImage(document, str(folder / name), **size)
