"""The files of the data sets, and the versions that are kept of them."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.data_sets import BadDataSet, load_data_sets, of_version, remember
from storage import data_sets
from storage.store import Store
from tests.stage import make_house

GOOD = """\
id: {id}
version: 1
name: Thử
levels: [village]
elements:
  - id: homes
    name: Số hộ
    question: Bao nhiêu hộ?
"""


def test_the_shipped_ones_are_good() -> None:
    found = load_data_sets()
    assert set(found) == {"weekly_activity", "monthly_pillars", "team_roster"}
    assert all(
        element.words and element.counted
        for data_set in found.values()
        for element in data_set.elements
        if element.type in ("whole", "decimal")
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (GOOD.replace("Số hộ", "''"), "a.yaml, dòng 7, elements[0].name: đang để trống"),
        (GOOD + "    help: x\n    hlep: x\n", "a.yaml, dòng 10, elements[0].hlep: không có mục"),
        (GOOD + "    id: other\n", "a.yaml, dòng 9, elements[0].id: được viết hai lần"),
        (GOOD + "version: 0\n", "a.yaml, dòng 9, version: được viết hai lần"),
        (GOOD + "hour: 16:00\n", 'a.yaml, dòng 9, hour: cần giờ trong ngoặc kép, ví dụ "16:00"'),
        (GOOD + "  - id: [\n", "a.yaml, dòng 10: không đọc được"),
        ("", "a.yaml, dòng 1: cần các dòng dạng “mục: giá trị”"),
    ],
)
def test_a_wrong_file_is_told_by_its_line(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "a.yaml").write_text(text.replace("{id}", "a"), "utf-8")
    with pytest.raises(BadDataSet) as caught:
        load_data_sets(tmp_path)
    assert told in str(caught.value)


def test_the_faults_of_all_files_are_told_in_the_order_of_their_lines(tmp_path: Path) -> None:
    wrong = GOOD.replace("{id}", "Đ").replace("version: 1", "version: x")
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text(wrong, "utf-8")
    with pytest.raises(BadDataSet) as caught:
        load_data_sets(tmp_path)
    places = [fault.split(":")[0] for fault in caught.value.faults]
    assert places == [
        "a.yaml, dòng 1, id",
        "a.yaml, dòng 2, version",
        "b.yaml, dòng 1, id",
        "b.yaml, dòng 2, version",
    ]


def test_two_files_with_one_id_are_refused(tmp_path: Path) -> None:
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text(GOOD.replace("{id}", "same"), "utf-8")
    with pytest.raises(BadDataSet, match=r"b\.yaml, dòng 1, id: “same” đã có ở trên"):
        load_data_sets(tmp_path)


async def test_a_file_changed_under_its_version_is_refused(store: Store, now: datetime) -> None:
    known = load_data_sets()
    await store.write(remember, known, now)
    await store.write(remember, known, now + timedelta(days=1))
    weekly = known["weekly_activity"]
    changed = replace(weekly, name="Khác")
    with pytest.raises(BadDataSet, match="version vẫn là 1; hãy ghi version 2"):
        await store.write(remember, {**known, weekly.id: changed}, now)
    await store.write(remember, {weekly.id: replace(changed, version=2)}, now)


async def test_words_may_be_added_without_a_new_version(store: Store, now: datetime) -> None:
    house = make_house()
    weekly = house.data_sets["weekly_activity"]
    await store.write(remember, house.data_sets, now)
    first = replace(weekly.elements[0], words=("một từ mới",), help="Rõ hơn.")
    reworded = replace(weekly, elements=(first, *weekly.elements[1:]))
    await store.write(remember, {weekly.id: reworded}, now)
    assert await store.read(data_sets.find, weekly.id, 1) == reworded


async def test_a_version_stays_as_it_was(store: Store, now: datetime) -> None:
    house = make_house()
    weekly = house.data_sets["weekly_activity"]
    await store.write(remember, house.data_sets, now)
    newer = replace(house, data_sets={weekly.id: replace(weekly, version=2, name="Mới")})
    assert await store.read(of_version, newer, weekly.id, 1) == weekly
    assert (await store.read(of_version, newer, weekly.id, 2)).name == "Mới"
