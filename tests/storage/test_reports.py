"""Reports as they are kept: answers of every kind, corrections, versions, locks."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import Connection, select

from domain.answer import Photo
from domain.data_set import Value
from domain.message import FileIn, FileKind, Sender
from storage import chats, drafts, files, locks, people, reports, schema
from storage.reports import Form
from storage.store import Store
from tests.world import add_unit


def world(c: Connection, now: datetime) -> tuple[Form, int, int]:
    """A unit's report, a person, and a photo."""
    chats.open_account(c, "memory", None)
    unit_id = add_unit(c, "T1", "village")
    person = people.add(c, "memory", Sender("lan", "Lan"), now)
    photo = files.received(c, "memory", FileIn(FileKind.PHOTO, "p1"), now)
    return Form("weekly", 1, "2026W47", unit_id), person.id, photo


async def test_answers_of_every_kind_come_back(store: Store, now: datetime) -> None:
    form, person, photo = await store.write(world, now)
    picture = Photo(photo, "Họp thôn").value
    given: dict[str, Value] = {
        "n": Decimal("12.5"),
        "hall": "home",
        "spot": "21.1,105.2",
        "picture": picture,
    }
    assert await store.write(reports.submit, form, given, person, now, photos=["picture"])
    filed = await store.read(reports.find, form)
    assert filed
    assert await store.read(reports.values, filed.id) == given
    assert await store.read(reports.value, form, "n") == Decimal("12.5")
    assert await store.read(reports.value, form, "none") is None
    linked = select(schema.report_value.c.file_id).where(schema.report_value.c.element == "picture")
    assert await store.read(lambda c: c.execute(linked).scalar()) == photo


async def test_what_a_report_said_before_is_kept(store: Store, now: datetime) -> None:
    form, person, photo = await store.write(world, now)
    later = now + timedelta(hours=1)
    first: dict[str, Value] = {"n": Decimal(1), "picture": Photo(photo).value}
    await store.write(reports.submit, form, first, person, now, photos=["picture"])
    assert not await store.write(reports.submit, form, {"n": Decimal(2)}, person, later)
    assert not await store.write(reports.submit, form, {}, person, later, no_activity=True)
    filed = await store.read(reports.find, form)
    assert filed
    assert (filed.submitted_at, filed.corrected_at, filed.no_activity) == (now, later, True)
    assert await store.read(reports.values, filed.id) == {}
    changes = await store.read(reports.history, filed.id)
    assert [(each.at, each.person_id, each.before) for each in changes] == [
        (later, person, first),
        (later, person, {"n": Decimal(2)}),
    ]


async def test_an_empty_report_is_none(store: Store, now: datetime) -> None:
    form, person, _ = await store.write(world, now)
    with pytest.raises(ValueError, match="empty"):
        await store.write(reports.submit, form, {}, person, now)
    assert await store.read(reports.find, form) is None


async def test_a_draft_keeps_the_version_with_which_it_began(store: Store, now: datetime) -> None:
    form, person, _ = await store.write(world, now)
    await store.write(drafts.save, form, {"a": Decimal("0.5"), "b": None, "c": "x"}, person, now)
    newer = Form(form.data_set, 2, form.period, form.unit_id)
    draft = await store.read(drafts.load, newer)
    assert draft
    assert (draft.version, draft.person_name) == (1, "Lan")
    assert draft.answers == {"a": Decimal("0.5"), "b": None, "c": "x"}


async def test_a_lock_is_open_for_its_unit_until_the_moment(store: Store, now: datetime) -> None:
    form, person, _ = await store.write(world, now)
    until = now + timedelta(days=3)
    assert not await store.read(locks.unlocked, form, now)
    await store.write(locks.unlock, form, person, now)
    await store.write(locks.unlock, form, person, until)
    assert await store.read(locks.unlocked, form, until - timedelta(seconds=1))
    assert not await store.read(locks.unlocked, form, until)
    other = Form(form.data_set, 1, "2026W46", form.unit_id)
    assert not await store.read(locks.unlocked, other, now)
