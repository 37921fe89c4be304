"""How well one free sentence is read as a report: `python -m benchmarks.sentences`.

Precision: of the values filled, how many are right. Recall: of the values said, how many are
filled. `--misses` lists what is wrong in the part that may be tuned on; of the part kept aside only
the figures are ever shown.
"""

import argparse
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import yaml

from benchmarks.platform import say, verdict
from bot.data_sets import load_data_sets
from bot.faq import load_abbreviations
from domain.sentence import fill

FOLDER = Path(__file__).parent.parent / "tests" / "domain" / "sentences"
PRECISION_BAR, RECALL_BAR = 0.97, 0.85


@dataclass(frozen=True, slots=True)
class Case:
    """A sentence, what it means, and what was understood."""

    text: str
    means: Mapping[str, Decimal]
    filled: Mapping[str, Decimal]

    @property
    def right(self) -> int:
        return len(self.means.items() & self.filled.items())


@dataclass(frozen=True, slots=True)
class Score:
    """How many sentences, and the two shares, 0 to 1."""

    sentences: int
    precision: float
    recall: float


def read(part: str) -> Iterator[Case]:
    """The sentences of a part, "tuned" or "kept_aside", read against the weekly report."""
    data_set, abbreviations = load_data_sets()["weekly_activity"], load_abbreviations()
    rows = yaml.safe_load((FOLDER / f"{part}.yaml").read_text(encoding="utf-8"))
    for row in rows["sentences"]:
        means = {rows["elements"][key]: Decimal(value) for key, value in row["means"].items()}
        yield Case(row["text"], means, fill(row["text"], data_set, abbreviations).values)


def score(part: str) -> Score:
    cases = list(read(part))
    right = sum(each.right for each in cases)
    filled = sum(len(each.filled) for each in cases)
    return Score(len(cases), right / filled, right / sum(len(each.means) for each in cases))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m benchmarks.sentences")
    parser.add_argument("--misses", action="store_true")
    if parser.parse_args().misses:
        for case in read("tuned"):
            if case.means != case.filled:
                say(case.text, "\n  means", _short(case.means), "\n  read ", _short(case.filled))
    scores = {part: score(part) for part in ("tuned", "kept_aside")}
    for part, of_it in scores.items():
        shares = f"precision {of_it.precision:.3f}, recall {of_it.recall:.3f}"
        say(f"{part:>10} {of_it.sentences:4} sentences, {shares}")
    aside = scores["kept_aside"]
    held = [
        verdict(
            f"precision kept aside, at least {PRECISION_BAR}",
            holds=aside.precision >= PRECISION_BAR,
        ),
        verdict(f"recall kept aside, at least {RECALL_BAR}", holds=aside.recall >= RECALL_BAR),
    ]
    return 0 if all(held) else 1


def _short(values: Mapping[str, Decimal]) -> str:
    return ", ".join(f"{key} {value}" for key, value in sorted(values.items())) or "nothing"


if __name__ == "__main__":
    sys.exit(main())
