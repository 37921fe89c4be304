"""A terminal that speaks to people in the sentences of `bot/content/messages`."""

import html
import re
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table
from rich.text import Text

from bot.words import Words

_TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True, slots=True)
class Screen:
    console: Console
    words: Words

    @classmethod
    def open(cls, zone: ZoneInfo, console: Console) -> "Screen":
        """A console with all sentences; moments are told in the time of `zone`."""
        return cls(console, Words.load(zone))

    def text(self, key: str, **values: object) -> str:
        """The sentence as plain text: a terminal reads no HTML."""
        return plain(self.words(key, **values))

    def say(self, key: str, **values: object) -> None:
        self.write(self.text(key, **values))

    def write(self, text: str, style: str = "") -> None:
        # A line that the terminal breaks by itself can still be copied whole.
        self.console.print(Text(text, style), soft_wrap=True)

    def table(self, *headers: str, numbers: int = 0) -> Table:
        """An empty table; its last `numbers` columns are aligned for numbers."""
        table = Table()
        for place, key in enumerate(headers, numbers - len(headers)):
            table.add_column(self.text(key), justify="left" if place < 0 else "right")
        return table

    def show(self, table: Table) -> None:
        if table.row_count:
            self.console.print(table)

    def progress(self) -> Progress:
        """A bar for long work, gone when the work is done."""
        columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()
        return Progress(*columns, console=self.console, transient=True)


def plain(sentence: str) -> str:
    """HTML of b, i, u, code and a as it is read."""
    return html.unescape(_TAG.sub("", sentence))


def cells(*values: str) -> list[Text]:
    """A table's row in which no text is taken for markup."""
    return [Text(value) for value in values]
