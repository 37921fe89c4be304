"""The files on the reports of a period that a coordinator gets in the chat."""

from datetime import datetime
from functools import partial
from pathlib import Path

from sqlalchemy import Connection

from bot.house import House
from bot.official import DOCX, OfficialReport
from bot.period_report import PeriodReport
from bot.sheet import XLSX
from domain.message import FileKind
from domain.period import Period
from domain.rates import Survey
from scheduler.errands import Making, file_name
from storage.errands import Subject


def subject(survey: Survey, unit_id: int) -> Subject:
    """What an errand on these reports keeps."""
    return {"data_set": survey.data_set.id, "period": survey.period.id, "unit": unit_id}


def table(c: Connection, house: House, about: Subject) -> Making | None:
    report = _read(c, house, about)
    if report is None:
        return None
    text = house.words("paper.reports", **_named(report), rate=report.summed.rate)
    make = partial(report.xlsx, house.words)
    return Making(_file(report, "xlsx"), XLSX, FileKind.DOCUMENT, text, make)


def official(
    c: Connection, house: House, about: Subject, now: datetime, folder: Path
) -> Making | None:
    """`folder` has the photos."""
    report = _read(c, house, about)
    if report is None:
        return None
    paper = OfficialReport.read(c, report, now)
    make = partial(paper.docx, house.words, house.word_template, folder)
    text = house.words("paper.official", **_named(report))
    return Making(_file(report, "docx"), DOCX, FileKind.DOCUMENT, text, make)


def survey_of(house: House, about: Subject) -> Survey | None:
    """The reports of an errand; None where their data set is no more."""
    data_set, period = house.data_sets.get(str(about["data_set"])), str(about["period"])
    return Survey(data_set, Period.parse(period), house.zone) if data_set else None


def _read(c: Connection, house: House, about: Subject) -> PeriodReport | None:
    survey = survey_of(house, about)
    return PeriodReport.read(c, survey, int(about["unit"])) if survey else None


def _named(report: PeriodReport) -> dict[str, object]:
    survey = report.survey
    return {"name": survey.data_set.name, "unit": report.top.name, "period": survey.period}


def _file(report: PeriodReport, ending: str) -> str:
    """As `T-2026W47.xlsx`."""
    return file_name(f"{report.top.code}-{report.survey.period}", ending)
