from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, insert

from domain.message import Chat, ChatKind, Sender
from storage import chats, experts, people, tickets
from storage.schema import unit
from storage.store import Store

HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Scene:
    unit_id: int
    person_ids: tuple[int, int]
    chat_ids: tuple[int, int]


def build(c: Connection, now: datetime) -> Scene:
    chats.open_account(c, "memory", None)
    row = insert(unit).values(code="T", name="Tỉnh", level="province").returning(unit.c.id)
    who = [people.add(c, "memory", Sender(name, name), now).id for name in ("Lan", "Hoa")]
    where = [chats.seen(c, "memory", Chat(name, ChatKind.PRIVATE)).id for name in ("one", "two")]
    return Scene(c.execute(row).scalar_one(), (who[0], who[1]), (where[0], where[1]))


def ask(c: Connection, scene: Scene, now: datetime, question: str = "Hỏi gì?") -> int:
    return tickets.add(
        c,
        unit_id=scene.unit_id,
        asker_id=scene.person_ids[0],
        chat_id=scene.chat_ids[0],
        question=question,
        topic="",
        now=now,
    )


async def test_a_ticket_is_answered_once(store: Store, now: datetime) -> None:
    def work(c: Connection) -> None:
        scene = build(c, now)
        number = ask(c, scene, now)
        lan, hoa = scene.person_ids
        assert tickets.answer(c, number, "Đáp.", hoa, now + HOUR)
        assert not tickets.answer(c, number, "Khác.", lan, now + HOUR)
        assert not tickets.take(c, number, lan, now)
        assert not tickets.close(c, number, now)
        ticket = tickets.get(c, number)
        assert ticket
        assert (ticket.answer, ticket.answered_by, ticket.open) == ("Đáp.", "Hoa", False)
        assert ticket.hours(now + 3 * HOUR + HOUR / 2) == 3
        assert tickets.last_answered(c, hoa) == ticket
        assert tickets.last_answered(c, lan) is None

    await store.write(work)


async def test_a_ticket_is_held_by_one(store: Store, now: datetime) -> None:
    def work(c: Connection) -> None:
        scene = build(c, now)
        number = ask(c, scene, now)
        lan, hoa = scene.person_ids
        assert tickets.take(c, number, lan, now + HOUR)
        assert tickets.take(c, number, lan, now + HOUR)
        assert not tickets.take(c, number, hoa, now)
        assert tickets.due(c, now, 10) == []
        assert tickets.due(c, now + HOUR, 10) == [number]

    await store.write(work)


async def test_only_open_tickets_are_due_the_longest_waiting_first(
    store: Store, now: datetime
) -> None:
    def work(c: Connection) -> None:
        scene = build(c, now)
        late, early, closed, resting = (
            ask(c, scene, now + minutes * timedelta(minutes=1)) for minutes in (9, 5, 1, 2)
        )
        assert tickets.close(c, closed, now)
        tickets.climb_at(c, resting, None)
        assert tickets.due(c, now + HOUR, 10) == [early, late]
        assert tickets.due(c, now + HOUR, 1) == [early]
        day = date(2026, 11, 20)
        open_ones = tickets.unanswered(c, scene.unit_id, day)
        assert [each.id for each in open_ones] == [late, early, resting]

    await store.write(work)


async def test_each_chat_is_told_once(store: Store, now: datetime) -> None:
    def work(c: Connection) -> None:
        scene = build(c, now)
        number = ask(c, scene, now)
        one, two = scene.chat_ids
        assert tickets.told(c, number, "unit:1", [one], now) == [one]
        assert tickets.told(c, number, "experts", [one, two], now) == [two]
        assert tickets.rungs_told(c, number) == {"unit:1", "experts"}
        assert tickets.chats_told(c, number) == [one, two]
        assert tickets.open_told_to(c, two) == [number]
        tickets.close(c, number, now)
        assert tickets.open_told_to(c, two) == []

    await store.write(work)


async def test_a_correction_reaches_all_who_got_the_answer(store: Store, now: datetime) -> None:
    def work(c: Connection) -> None:
        scene = build(c, now)
        first, along, other = (ask(c, scene, now, f"Hỏi {n}?") for n in range(3))
        hoa = scene.person_ids[1]
        tickets.answer(c, first, "Sai.", hoa, now)
        tickets.answer(c, along, "Sai.", hoa, now, first_id=first)
        tickets.answer(c, other, "Khác.", hoa, now)
        tickets.correct(c, first, "Đúng.", [7])
        tickets.add_files(c, first, [8])
        known = [each for n in (first, along, other) if (each := tickets.get(c, n))]
        assert [each.answer for each in known] == ["Đúng.", "Đúng.", "Khác."]
        assert [each.files for each in known] == [[7, 8], [7, 8], []]
        assert [each.id for each in tickets.answered_along(c, first)] == [along]

    await store.write(work)


async def test_the_same_question_of_the_same_person_is_known(store: Store, now: datetime) -> None:
    def work(c: Connection) -> None:
        scene = build(c, now)
        number = ask(c, scene, now)
        lan, hoa = scene.person_ids
        before = tickets.asked_before(c, lan, "Hỏi gì?")
        assert before
        assert before.id == number
        assert tickets.asked_before(c, hoa, "Hỏi gì?") is None
        tickets.close(c, number, now)
        assert tickets.asked_before(c, lan, "Hỏi gì?") is None

    await store.write(work)


async def test_an_expert_s_topics_are_set_anew(store: Store, now: datetime) -> None:
    def work(c: Connection) -> None:
        lan, hoa = build(c, now).person_ids
        experts.set_topics(c, lan, ["Phí", "Thẻ"])
        experts.set_topics(c, lan, ["Thẻ", "Đường"])
        assert experts.topics_of(c, [lan, hoa]) == {lan: {"Thẻ", "Đường"}}
        experts.set_topics(c, lan, [])
        assert experts.topics_of(c, [lan]) == {}

    await store.write(work)


async def test_a_question_is_open_again_for_who_answered_it(store: Store, now: datetime) -> None:
    def work(c: Connection) -> None:
        scene = build(c, now)
        hoa = scene.person_ids[1]
        one, two = scene.chat_ids
        number, along = ask(c, scene, now), ask(c, scene, now, "Hỏi nữa?")
        tickets.told(c, number, "unit:1", [one], now)
        tickets.answer(c, number, "Đáp.", hoa, now + HOUR, first_id=along, files=[7])
        before = tickets.get(c, number)
        assert before
        tickets.add_words(c, before, "Vẫn chưa được.", [8])
        tickets.reopen(c, before, now + 9 * HOUR, now + 2 * HOUR, held=True)
        again = tickets.get(c, number)
        assert again
        assert (again.open, again.holder_id, again.first_id) == (True, hoa, None)
        assert (again.answer, again.added, again.question_files) == ("Đáp.", "Vẫn chưa được.", [8])
        assert again.hours(now + 5 * HOUR) == 3
        assert tickets.last_answered(c, hoa) is None
        assert tickets.rungs_told(c, number) == set()
        assert tickets.chats_told(c, number) == [one]
        assert tickets.told(c, number, "unit:1", [one, two], now) == [one, two]
        assert tickets.told(c, number, "experts", [one], now) == []
        assert tickets.due(c, now + 8 * HOUR, 10) == [along]
        tickets.add_words(c, again, "Kêu to.", [9])
        more = tickets.get(c, number)
        assert more
        assert (more.added, more.question_files) == ("Vẫn chưa được.\nKêu to.", [8, 9])

    await store.write(work)


async def test_without_a_holder_anybody_may_take_it(store: Store, now: datetime) -> None:
    def work(c: Connection) -> None:
        scene = build(c, now)
        lan, hoa = scene.person_ids
        number = ask(c, scene, now)
        tickets.take(c, number, hoa, now)
        tickets.close(c, number, now)
        closed = tickets.get(c, number)
        assert closed
        tickets.reopen(c, closed, now, now, held=False)
        assert tickets.take(c, number, lan, now)

    await store.write(work)


async def test_the_question_with_which_something_was_done_last(store: Store, now: datetime) -> None:
    def work(c: Connection) -> None:
        scene = build(c, now)
        lan, hoa = scene.person_ids
        one, two = scene.chat_ids
        first, second = ask(c, scene, now), ask(c, scene, now + HOUR, "Hỏi nữa?")
        tickets.answer(c, first, "Đáp.", hoa, now + 2 * HOUR)

        def last(asker: int, since: datetime, chat: int | None = None) -> int | None:
            found = tickets.last_of(c, asker, since, chat)
            return found.id if found else None

        assert last(lan, now) == last(lan, now + 2 * HOUR) == last(lan, now, one) == first
        assert last(lan, now + 3 * HOUR) is last(lan, now, two) is last(hoa, now) is None
        before = tickets.get(c, second)
        assert before
        tickets.reopen(c, before, now, now + 3 * HOUR, held=False)
        assert last(lan, now) == second

    await store.write(work)
