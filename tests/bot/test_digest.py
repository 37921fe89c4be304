"""The digest: what its picture shows, and that it is one message."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from sqlalchemy import Connection, select

from bot import digest
from bot.house import House
from bot.picture import Picture, png
from domain.channel import MAX_CAPTION
from domain.markup import length
from domain.period import Period
from domain.rates import Survey
from storage import leaves, schema, units
from storage.errands import Subject
from storage.store import Store
from tests.messenger import WITH_BUTTONS
from tests.stage import Stage
from tests.world import ZONE, add_unit, file_reports

MONDAY = datetime(2026, 11, 23, 8, 0, tzinfo=ZONE)
FRIDAY = datetime(2026, 11, 20, 17, 0, tzinfo=ZONE)


def drawn(c: Connection, house: House, code: str) -> tuple[str, Picture]:
    unit = units.by_code(c, code)
    assert unit
    survey = Survey(house.data_sets["weekly_activity"], Period.parse("2026W47"), ZONE)
    found = digest.read(c, survey, unit.id)
    assert found
    return digest.words(house, found), digest.picture(c, house, found)


def reported(c: Connection) -> None:
    file_reports(c, {"reported": {"T11": {"public_services": 9}}, "periods": ["2026W46"]}, FRIDAY)
    file_reports(c, {"reported": {"T11": {"public_services": 12}}, "periods": ["2026W47"]}, FRIDAY)
    cho = units.by_code(c, "T21")
    person = c.execute(select(schema.person.c.id).limit(1)).scalar_one()
    assert cho
    leaves.take(c, cho.id, date(2026, 11, 16), date(2026, 11, 22), person)


async def test_a_province_sees_its_communes_and_a_commune_its_last_weeks(
    store: Store, house: House
) -> None:
    await Stage.open(store, house, WITH_BUTTONS, FRIDAY)
    await store.write(reported)
    text, picture = await store.read(drawn, house, "T")
    assert [(bar.name, bar.segments) for bar in picture.bars] == [
        ("Xã Một", (1, 0, 1, 0)),
        ("Xã Hai", (0, 0, 0, 1)),
    ]
    assert picture.note.startswith("Đơn vị còn nhiều tổ chưa báo cáo đứng trước")
    assert "Xin nghỉ: 1 tổ" in text
    assert "Xã Hai" not in text
    _, picture = await store.read(drawn, house, "X1")
    assert [(bar.name, bar.segments) for bar in picture.bars] == [
        ("Tuần 16/11/2026", (1, 0, 1, 0)),
        ("Tuần 09/11/2026", (0, 1, 1, 0)),
    ]
    assert png(picture).startswith(b"\x89PNG")


async def test_the_picture_and_the_sums_are_one_message(
    store: Store, house: House, tmp_path: Path
) -> None:
    stage = await Stage.open(store, house, WITH_BUTTONS, FRIDAY, tmp_path)
    await store.write(reported)
    stage.now = MONDAY
    posts = [post for post in await stage.tick() if post.chat == "tinh" and post.files]
    assert [(post.files, "Đã báo cáo: " in post.text) for post in posts] == [
        (("T-2026W47.png",), True)
    ]
    stage.now = MONDAY.replace(minute=30)
    assert not [post for post in await stage.tick() if post.files]


def many(c: Connection, make_name: Callable[[int], str]) -> None:
    """A province of many communes with long names, each with some teams."""
    top = units.by_code(c, "T")
    assert top
    for number in range(40):
        rows = [("commune", top.id), *[("village", 0)] * 2]
        parent = top.id
        for place, (level, _) in enumerate(rows):
            name, code = make_name(number), f"m{number}-{place}"
            unit_id = add_unit(c, code, level, parent, name=name)
            parent = unit_id if place == 0 else parent


async def test_the_sums_of_a_large_province_fit_under_a_picture(store: Store, house: House) -> None:
    await Stage.open(store, house, WITH_BUTTONS, FRIDAY)
    await store.write(many, lambda number: f"Xã Thượng Lâm Sơn {number}")
    elements = house.data_sets["weekly_activity"].elements
    numbers = {each.id: Decimal(1234) for each in elements if each.is_number}
    for week in ("2026W46", "2026W47"):
        codes = [f"m{number}-1" for number in range(40)]
        step = {"reported": dict.fromkeys(codes, numbers), "periods": [week]}
        await store.write(file_reports, step, FRIDAY)
    text, picture = await store.read(drawn, house, "T")
    assert length(text) <= MAX_CAPTION
    assert len(picture.bars) == 30


async def test_what_is_no_longer_a_data_set_has_no_digest(store: Store, house: House) -> None:
    about: Subject = {"data_set": "weekly_activity", "period": "2026W47", "unit": 1}
    assert await store.read(digest.making, replace(house, data_sets={}), about) is None
