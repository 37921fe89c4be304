"""Courses that are given, in a small world of units, groups and people."""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from domain.message import Chat, ChatKind
from storage import audience, chats, learners, people, training, units
from storage.schema import lesson_sent
from storage.store import Store
from storage.training import RunState
from tests.domain.test_course import COURSE
from tests.messenger import WITH_BUTTONS, Memory
from tests.world import LEVELS, build, read_world

DAY = timedelta(days=1)


def world(c: Connection, now: datetime) -> dict[str, int]:
    """The world of the conversations; the numbers of its units by code."""
    build(c, read_world(), Memory(WITH_BUTTONS), now)
    return {unit.code: unit.id for unit in units.below(c, 1, now.date())}


def begin(c: Connection, unit_id: int, now: datetime) -> int:
    """A run whose first lesson has gone out; its number."""
    run_id = training.start(c, COURSE, 1, now, unit_id=unit_id, next_at=now)
    levels = [level.id for level in LEVELS]
    groups = audience.groups(c, unit_id, levels, now.date())
    training.note_sent(c, run_id, 1, groups, now, now + DAY)
    training.went_on(c, run_id, 1, now + DAY)
    return run_id


def person(c: Connection, name: str) -> int:
    found = people.find(c, "memory", name)
    assert found
    return found.id


async def test_a_run_goes_on_with_the_course_as_it_was(store: Store, now: datetime) -> None:
    def work(c: Connection) -> None:
        ids = world(c, now)
        first = training.start(c, COURSE, 1, now, unit_id=ids["T11"], next_at=now)
        again = training.start(c, COURSE, 1, now, unit_id=ids["T12"], next_at=now)
        changed = replace(COURSE, name="Khóa mới")
        other = training.start(c, changed, 1, now, unit_id=ids["T21"], next_at=now)
        assert training.get(c, first).course == training.get(c, again).course == COURSE
        assert training.get(c, other).course == changed
        assert training.edition(c, COURSE) != training.edition(c, changed)

    await store.write(work)


async def test_what_overlaps_is_found_above_and_below(store: Store, now: datetime) -> None:
    def work(c: Connection) -> None:
        ids = world(c, now)
        begin(c, ids["X1"], now)

        def there(code: str, course_id: str = "a") -> bool:
            line = units.line(c, ids[code], now.date())
            below = [unit.id for unit in units.below(c, ids[code], now.date())]
            return bool(training.overlapping(c, course_id, ids[code], line, below))

        assert [there(code) for code in ("T", "X1", "T11", "X2", "T21")] == [
            True,
            True,
            True,
            False,
            False,
        ]
        assert not there("X1", "b")

    await store.write(work)


async def test_a_run_for_one_group_reaches_nothing_below(store: Store, now: datetime) -> None:
    def work(c: Connection) -> None:
        ids = world(c, now)
        group = chats.find(c, "memory", "nhom_xa_1")
        assert group
        training.start(c, COURSE, 1, now, unit_id=ids["X1"], chat_id=group.id, next_at=now)
        line = units.line(c, ids["T11"], now.date())
        assert training.reaching(c, ids["T11"], line) == []
        assert training.overlapping(c, "a", ids["T11"], line, [ids["T11"]]) is None
        assert len(training.reaching(c, ids["X1"], units.line(c, ids["X1"], now.date()))) == 1

    await store.write(work)


async def test_an_answer_is_kept_once(store: Store, now: datetime) -> None:
    def work(c: Connection) -> None:
        ids = world(c, now)
        run_id, lan = begin(c, ids["X1"], now), person(c, "lan")
        key = (run_id, 1, lan, ids["T11"])
        assert training.answer(c, *key, 1, now, correct=True)
        assert not training.answer(c, *key, 0, now, correct=False)
        assert training.answered(c, run_id, lan) == {1: 1}

    await store.write(work)


async def test_groups_are_due_for_a_reminder_while_a_member_is_silent(
    store: Store, now: datetime
) -> None:
    def work(c: Connection) -> None:
        ids = world(c, now)
        run_id = begin(c, ids["X1"], now)
        assert training.slow(c, now, 9) == []
        due = training.slow(c, now + DAY, 9)
        chat_ids = [each.chat_id for each in due]
        assert len(due) == 3
        assert [row.unit_id for row in training.unanswered(c, run_id, 1, chat_ids)] == [ids["T11"]]
        for name in ("lan", "hung", "truong"):
            training.answer(c, run_id, 1, person(c, name), ids["T11"], 0, now, correct=False)
        assert training.unanswered(c, run_id, 1, chat_ids) == []
        training.reminded(c, run_id, 1, chat_ids[:2])
        assert len(training.slow(c, now + DAY, 9)) == 1
        training.set_state(c, run_id, RunState.PAUSED)
        assert training.slow(c, now + DAY, 9) == []
        assert training.due(c, now + 2 * DAY) == []

    await store.write(work)


async def test_classes_count_members_by_team_and_commune(store: Store, now: datetime) -> None:
    def work(c: Connection) -> None:
        ids = world(c, now)
        run_id = begin(c, ids["T"], now)
        run = training.get(c, run_id)
        for lesson in (1, 2, 3):
            training.answer(
                c, run_id, lesson, person(c, "lan"), ids["T11"], 1, now, correct=lesson > 1
            )
        training.answer(c, run_id, 1, person(c, "cho"), ids["T21"], 0, now, correct=False)
        whole = learners.whole(c, run, ids["T"], now.date())
        assert (whole.members, whole.begun, whole.finished) == (6, 2, 1)
        branches = learners.by_branch(c, run, ids["T"], now.date())
        assert [(each.name, each.members, each.finished) for each in branches] == [
            ("Xã Một", 3, 1),
            ("Xã Hai", 3, 0),
        ]
        team = learners.of_unit(c, run_id, ids["T11"])
        assert [(each.name, each.answered, each.correct) for each in team] == [
            ("Hung", 0, 0),
            ("Lan", 3, 2),
            ("Truong", 0, 0),
        ]
        chosen = learners.chosen(c, ids["X2"], now.date())
        assert [(each.lesson, each.option, each.correct, each.times) for each in chosen] == [
            (1, 0, False, 1)
        ]
        [taken] = learners.taken(c, person(c, "lan"))
        assert taken.finished
        assert (taken.run_id, taken.correct) == (run_id, 2)

    await store.write(work)


async def test_a_group_that_moved_keeps_its_lessons(store: Store, now: datetime) -> None:
    def work(c: Connection) -> None:
        ids = world(c, now)
        run_id = begin(c, ids["T11"], now)
        newcomer = chats.seen(c, "memory", Chat("new", ChatKind.GROUP, "new"))
        chats.bind(c, newcomer.id, ids["T11"])
        training.note_sent(
            c, run_id, 2, audience.groups(c, ids["T11"], ["village"], now.date()), now, now
        )
        chats.moved(c, "memory", "nhom_suoi", "new")
        kept = chats.find(c, "memory", "new")
        assert kept
        sent = select(lesson_sent.c.lesson, lesson_sent.c.chat_id).order_by(lesson_sent.c.lesson)
        assert [tuple(row) for row in c.execute(sent)] == [(1, kept.id), (2, kept.id)]

    await store.write(work)
