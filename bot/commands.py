"""What people can tell Loa to do, by a slash command or in plain words.

The words are in `bot/content/commands.yaml`. Case and diacritics make no difference.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product, takewhile
from pathlib import Path

from bot.words import CONTENT
from bot.yaml_file import YamlFile
from domain.answer import without_politeness
from domain.text import fold, has_diacritics, marked

ASK = "ask"
"""What somebody does who calls Loa by name and gives no other command."""
_DRAWN_OUT = re.compile(r"(\D)\1{2,}")
"""A letter as it is drawn out in a chat: "alooo"."""


@dataclass(frozen=True, slots=True)
class Command:
    """`takes` tells what may follow the words, for the help; empty when nothing may.

    `begins` are folded words with one of which that begins, unless a figure stands in it; without
    them anything may follow. `around` are folded words that may stand before and behind a phrase,
    as numbers may. One without `help` is not in the menu. What a `short` one takes is no sentence.
    """

    id: str
    slash: tuple[str, ...]
    phrases: tuple[str, ...]
    help: str = ""
    takes: str = ""
    around: frozenset[str] = frozenset()
    begins: frozenset[str] = frozenset()
    short: bool = False

    def told(self, rest: str) -> str:
        """What was written after it, without politeness where that cannot be part of it."""
        return without_politeness(rest) if self.short else rest.strip()

    def goes_with(self, rest: str) -> bool:
        """Whether these words may follow one of its phrases."""
        if not rest or not self.begins:
            return not rest or bool(self.takes)
        first = fold(rest).partition(" ")[0]
        return first in self.begins or any(sign.isdecimal() for sign in rest)


@dataclass(frozen=True, slots=True)
class Call:
    """A command that somebody gave, and what they wrote after it."""

    command: str
    argument: str = ""


@dataclass(frozen=True, slots=True)
class UnknownCommand:
    slash: str


class Vocabulary:
    """All commands, found by any of their words."""

    def __init__(
        self,
        commands: Iterable[Command],
        stop: Iterable[str],
        courtesies: Iterable[str],
        small_talk: Iterable[str],
        anger: Iterable[str],
        behind: Iterable[str],
        calls: Iterable[str],
    ) -> None:
        self.commands: Sequence[Command] = tuple(commands)
        stop = tuple(stop)
        self._stop = frozenset(map(fold, stop))
        self._stop_as_marked = frozenset(map(marked, stop))
        self._courtesies = frozenset(fold(words) for words in courtesies)
        anger = tuple(anger)
        self._anger = frozenset(marked(" ".join(anger)).split())
        self._small_talk = frozenset(fold(" ".join([*small_talk, *anger])).split())
        self._behind = frozenset(map(fold, behind))
        self._calls = frozenset(map(fold, calls))
        self._by_slash = {word: each for each in self.commands for word in each.slash}
        self._by_phrase = {fold(words): each for each in self.commands for words in each.phrases}
        self._longest = max(len(phrase.split()) for phrase in self._by_phrase)

    @classmethod
    def load(cls, path: Path = CONTENT / "commands.yaml") -> "Vocabulary":
        table = YamlFile.read(path).data
        commands = (
            Command(
                key,
                tuple(row["slash"]),
                tuple(row["phrases"]),
                row.get("help", ""),
                row.get("takes", ""),
                frozenset(fold(row.get("around", "")).split()),
                frozenset(fold(row.get("begins", "")).split()),
                row.get("takes") in table["short"],
            )
            for key, row in table["commands"].items()
        )
        more = ("stop", "courtesies", "small_talk", "anger", "behind", "calls")
        return cls(commands, *(table[each] for each in more))

    def __getitem__(self, command_id: str) -> Command:
        return next(each for each in self.commands if each.id == command_id)

    def stops(self, text: str) -> bool:
        """Whether a text ends any conversation; one with marks only by these: "đúng" is yes."""
        stops = fold(text) in self._stop
        return stops and (not has_diacritics(text) or marked(text) in self._stop_as_marked)

    def small_talk(self, text: str) -> str:
        """`courtesy` where a text is no more than a greeting, thanks or small talk, `anger` where
        there are angry words too; empty where it is about something.
        """
        folded = _DRAWN_OUT.sub(r"\1", fold(text))
        said = frozenset(folded.split())
        if folded in self._courtesies:
            return "courtesy"
        if not said or not said <= self._small_talk:
            return ""
        as_marked = _DRAWN_OUT.sub(r"\1", marked(text)).split()
        return "anger" if self._anger.intersection(as_marked) else "courtesy"

    def is_command(self, text: str) -> bool:
        """Whether a text gives a command that there is."""
        return isinstance(self.parse(text), Call)

    def parse(self, text: str) -> Call | UnknownCommand | None:
        """The command that a text gives, None when it gives none; what is said by name asks."""
        if text.startswith("/"):
            return self._slash(text)
        words = text.split(maxsplit=2)
        if fold(" ".join(words[:2])) not in self._calls:
            return self._phrase(text)
        rest = "".join(words[2:])
        return self._phrase(rest) or Call(ASK, rest)

    def _slash(self, text: str) -> Call | UnknownCommand:
        word, _, argument = text[1:].partition(" ")
        found = self._by_slash.get(fold(word).replace(" ", ""))
        return Call(found.id, found.told(argument)) if found else UnknownCommand(word)

    def _phrase(self, text: str) -> Call | None:
        words = text.split()
        for length in range(min(self._longest, len(words)), 0, -1):
            found = self._by_phrase.get(fold(" ".join(words[:length])))
            rest = " ".join(words[length:])
            if found and (found.goes_with(rest) or self._behind.issuperset(fold(rest).split())):
                return Call(found.id, found.told(rest) if found.takes else "")
        return self._surrounded(fold(text).split())

    def _surrounded(self, words: list[str]) -> Call | None:
        """A command in the midst of words that may stand around it: "dạ tổ 5 đã nhận rồi ạ"."""
        for command in self.commands:
            if not command.around:
                continue
            before = _run(words, command.around)
            behind = _run(words[::-1], command.around)
            for begin, end in product(
                range(before + 1), range(len(words) - behind, len(words) + 1)
            ):
                if self._by_phrase.get(" ".join(words[begin:end])) is command:
                    return Call(command.id)
        return None


def _run(words: Sequence[str], around: frozenset[str]) -> int:
    """How many of the first words may stand around a phrase."""
    return sum(1 for _ in takewhile(lambda word: word in around or word.isdecimal(), words))
