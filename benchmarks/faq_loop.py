"""What answered questions teach: `python -m benchmarks.faq_loop --data DIR [--picture FILE]`.

A set begins with its canonical questions alone. A third of its wordings is kept aside to measure;
the rest is asked in any order. What the FAQ does not answer rightly at once becomes a ticket (as if
nobody picked from what is offered), a coordinator answers it, and the question becomes a wording of
the entry it belongs to: by the same functions and tables as in the chat. hit@1 of the part kept
aside after 0, 100, 200 and 400 answered tickets.
"""

import argparse
import asyncio
import random
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table
from sqlalchemy import Connection, insert

from benchmarks.faq import SEMANTIC, Asked, meaning
from benchmarks.platform import introduce
from benchmarks.questions import Faq as Question
from benchmarks.questions import read_set
from bot.faq import Faq, load_abbreviations
from bot.house import House
from bot.lesson import keep
from domain.entry_choice import Lesson
from domain.faq import Answer, Embed, Entry, Index, decide
from domain.people import Role
from loa.roof import make_house
from loa.settings import Settings
from storage import people, schema, tickets
from storage.entries import Proposal
from storage.migrate import upgrade
from storage.store import Store, opened_store

STEPS = (0, 100, 200, 400)
NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)


def divided(faqs: Sequence[Question], seed: int) -> tuple[Asked, Asked]:
    """The wordings to ask, and a third of them kept aside; each with its entry's number."""
    asked = [(text, at) for at, faq in enumerate(faqs) for text in faq.asked]
    random.Random(seed).shuffle(asked)
    third = len(asked) // 3
    return asked[third:], asked[:third]


def faq_of(faqs: Sequence[Question], embed: Embed | None) -> Faq:
    """The canonical questions as if they had been shipped."""
    short = load_abbreviations()
    made = [
        # Where the set has no answer, a point stands in for it, in which nothing is found.
        Entry(str(at), "", faq.wordings[0], faq.answer or ".", "")
        for at, faq in enumerate(faqs)
    ]
    return Faq(made, lambda entries: Index(entries, short, embed))


def hit_at_1(faq: Faq, aside: Asked) -> float:
    found = [(faq.search(text, 1), at) for text, at in aside]
    return sum(bool(hits) and hits[0].entry.id == str(at) for hits, at in found) / len(aside)


def answered(house: House, text: str, meant: int) -> bool:
    """Whether the FAQ gives the right answer without asking back."""
    way = decide(house.faq.search(text), house.thresholds)
    return isinstance(way, Answer) and way.hit.entry.id == str(meant)


def unit_and_person(c: Connection) -> tuple[int, int, int]:
    """A commune, its coordinator, and the chat in which is asked."""
    unit = insert(schema.unit).values(code="X", name="Xã", level="commune")
    unit_id = c.execute(unit.returning(schema.unit.c.id)).scalar_one()
    c.execute(insert(schema.account).values(id="bench"))
    chat = insert(schema.chat).values(account_id="bench", platform_id="1", kind="group")
    chat_id = c.execute(chat.returning(schema.chat.c.id)).scalar_one()
    person = insert(schema.person).values(name="Điều phối", created_at=NOW)
    person_id = c.execute(person.returning(schema.person.c.id)).scalar_one()
    people.give_role(c, person_id, unit_id, Role.COORDINATOR, date(2026, 1, 1))
    return unit_id, person_id, chat_id


def teach(c: Connection, house: House, text: str, meant: int, who: tuple[int, int, int]) -> None:
    """The question as a ticket, answered, and learned as a wording of the entry it belongs to."""
    unit_id, person_id, chat_id = who
    ticket_id = tickets.add(
        c,
        unit_id=unit_id,
        asker_id=person_id,
        chat_id=chat_id,
        question=text,
        topic="",
        now=NOW,
    )
    entry = house.faq.get(str(meant))
    assert entry is not None
    tickets.answer(c, ticket_id, entry.answer, person_id, NOW)
    lesson = Lesson(text, entry.answer, "", "", unit_id, wording_of=entry.id)
    keep(c, house, Proposal(0, ticket_id, person_id, lesson), None, NOW)


async def learn(house: House, asked: Asked, aside: Asked) -> list[float]:
    """hit@1 at each step."""
    with tempfile.TemporaryDirectory() as folder:
        async with opened_store(f"sqlite:///{folder}/loop.sqlite3") as store:
            await store.write(upgrade)
            return [
                hit_at_1(house.faq, aside),
                *[each async for each in _steps(store, house, asked, aside)],
            ]


async def _steps(store: Store, house: House, asked: Asked, aside: Asked) -> AsyncIterator[float]:
    """Ask and teach; hit@1 whenever a step is reached."""
    who, taught = await store.write(unit_and_person), 0
    for text, meant in asked:
        if answered(house, text, meant):
            continue
        await store.write(teach, house, text, meant, who)
        await store.read(house.faq.refresh)
        taught += 1
        if taught in STEPS:
            yield hit_at_1(house.faq, aside)


def curves(path: Path, seed: int) -> Iterator[tuple[str, list[float]]]:
    faqs = read_set(path, "S1", seed)
    asked, aside = divided(faqs, seed)
    ways = {"loa": None} | ({SEMANTIC: meaning()} if meaning() else {})
    for name, embed in ways.items():
        house = replace(make_house(Settings()), faq=faq_of(faqs, embed))
        yield name, asyncio.run(learn(house, asked, aside))


def draw(found: dict[str, list[float]], title: str, path: Path) -> None:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6, 3.6), layout="constrained")
    axes = figure.add_subplot()
    for name, curve in found.items():
        axes.plot(STEPS[: len(curve)], curve, marker="o", label=name)
    axes.set(title=title, xlabel="answered tickets", ylabel="hit@1", ylim=(0, 1))
    axes.grid(visible=True, alpha=0.3)
    axes.legend()
    figure.savefig(path, dpi=130)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m benchmarks.faq_loop")
    parser.add_argument("--data", type=Path, required=True, help="folder of the question sets")
    parser.add_argument("--set", default="meey", help="the set that is learned")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--picture", type=Path, help="where the curve is drawn, as PNG")
    given = parser.parse_args()
    introduce(f"the loop on {given.set}: hit@1 of wordings kept aside", pins=False)
    found = dict(curves(given.data / f"{given.set}.jsonl", given.seed))
    table = Table("answered tickets", *map(str, STEPS))
    for name, curve in found.items():
        table.add_row(name, *(f"{share:.3f}" for share in curve))
    Console(width=100).print(table)
    if given.picture:
        draw(found, f"{given.set}: what answered questions teach", given.picture)
    return 0


if __name__ == "__main__":
    sys.exit(main())
