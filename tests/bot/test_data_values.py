"""The shape is DHIS2's: https://docs.dhis2.org, "Sending data values"."""

import json
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import Connection

from bot.data_values import data_value_sets
from bot.period_report import PeriodReport
from storage.store import Store
from tests.bot.test_official import SURVEY, of, week


def exported(c: Connection, code: str) -> Any:
    return json.loads(data_value_sets(PeriodReport.read(c, SURVEY, of(c, code))))


async def test_one_units_report_is_a_data_value_set(store: Store, now: datetime) -> None:
    await store.write(week, now)
    assert await store.read(exported, "T11") == {
        "idScheme": "code",
        "dataSet": "weekly_activity",
        "completeDate": "2026-11-20",
        "period": "2026W47",
        "orgUnit": "T11",
        "dataValues": [{"dataElement": "public_services", "value": "1200"}],
    }


async def test_without_a_report_nothing_is_complete(store: Store, now: datetime) -> None:
    await store.write(week, now)
    found = await store.read(exported, "T21")
    assert "completeDate" not in found
    assert found["dataValues"] == []


@pytest.mark.parametrize("top", ["T", "X1"])
async def test_of_many_units_each_value_says_whose_it_is(
    store: Store, now: datetime, top: str
) -> None:
    await store.write(week, now)
    found = await store.read(exported, top)
    assert found.keys() == {"idScheme", "dataValues"}
    first = {"period": "2026W47", "orgUnit": "T11", "dataElement": "public_services"}
    assert found["dataValues"][0] == first | {"value": "1200"}
    idle = [each for each in found["dataValues"] if each["orgUnit"] == "T12"]
    assert idle
    assert {each["value"] for each in idle} == {"0"}
