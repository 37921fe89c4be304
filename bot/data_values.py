"""Reports as DHIS2 takes them at /api/dataValueSets, units and elements known by our codes."""

import json
from collections.abc import Iterator
from decimal import Decimal

from bot.period_report import PeriodReport, counts
from domain.data_set import ValueType
from domain.period import local_day
from storage.totals import Filed


def data_value_sets(report: PeriodReport) -> bytes:
    """The answers that are in, as JSON.

    One unit's report is a data value set; of many, DHIS2 wants each value with its period and
    unit, and neither data set nor date of completion.
    Source: https://docs.dhis2.org, "Sending data values" and "Sending bulks of data values".
    """
    alone = [each for each in report.filed if each.unit_id == report.top.id]
    body = _set(report, alone[0]) if alone else {"dataValues": _values(report)}
    return json.dumps({"idScheme": "code", **body}, ensure_ascii=False, indent=1).encode()


def _set(report: PeriodReport, filed: Filed) -> dict[str, object]:
    survey, at = report.survey, filed.submitted_at
    values = [{"dataElement": key, "value": value} for key, value in _said(report, filed)]
    return {
        "dataSet": survey.data_set.id,
        **({"completeDate": local_day(at, survey.zone).isoformat()} if at else {}),
        "period": survey.period.id,
        "orgUnit": filed.code,
        "dataValues": values,
    }


def _values(report: PeriodReport) -> list[dict[str, str]]:
    period = report.survey.period.id
    return [
        {"dataElement": key, "period": period, "orgUnit": each.code, "value": value}
        for each in report.filed
        for key, value in _said(report, each)
    ]


def _said(report: PeriodReport, filed: Filed) -> Iterator[tuple[str, str]]:
    """The answers by element, photos left out; without activity its counts are zero."""
    for element in report.elements:
        value = filed.values.get(element.id)
        if value is None and filed.no_activity and counts(element):
            value = Decimal(0)
        if value is not None and element.type is not ValueType.PHOTO:
            yield element.id, f"{value:f}" if isinstance(value, Decimal) else value
