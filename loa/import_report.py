"""Shows in a terminal how an import goes and how it ended."""

import html
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice

from rich.console import Console
from rich.progress import Progress, TaskID
from rich.table import Table
from rich.text import Text

from bot.words import Words
from domain.faq_check import Finding
from domain.imports import Problem
from loa.sheets import SheetError
from storage.bulk import Told
from storage.imports import Imported
from storage.teams import OddTeam

TEAMS_SHOWN = 50


class ImportReport:
    def __init__(self, console: Console, words: Words) -> None:
        self._console = console
        self._words = words

    @contextmanager
    def progress(self) -> Iterator[Told]:
        """A bar for the check and for each table that is written."""
        with Progress(console=self._console, transient=True) as bar:
            tasks: dict[str, TaskID] = {"check": bar.add_task(self._say("check"), total=None)}

            def told(table: str, done: int, total: int) -> None:
                bar.update(tasks["check"], visible=False)
                if table not in tasks:
                    tasks[table] = bar.add_task(self._say(f"write_{table}"), total=total)
                bar.update(tasks[table], completed=done, total=total)

            yield told

    def unreadable(self, error: SheetError) -> None:
        self.say(error.why, line=error.line)

    def no_database(self, error: Exception) -> None:
        self.say("no_database", error=str(error))

    def ended(self, imported: Imported) -> None:
        if imported.problems:
            self.problems(imported.problems)
            self.say("refused", count=len(imported.problems))
        else:
            counts = (imported.new, imported.changed, imported.unchanged)
            self.say("done", **dict(zip(("new", "changed", "unchanged"), counts, strict=True)))
        if imported.doubts:
            self.problems(imported.doubts)
            self.say("doubtful", count=len(imported.doubts))

    def findings(self, found: Sequence[Finding]) -> None:
        """What is amiss among the entries of the FAQ."""
        table = self._table("entry", "why", "wording")
        for each in found:
            why = self._say(f"found_{each.why}", other=each.other_id)
            table.add_row(Text(each.entry_id), Text(why), Text(each.text))
        if found:
            self._console.print(table)
        self.say("found", count=len(found))

    def odd_teams(self, teams: Sequence[OddTeam]) -> None:
        """Teams of a wrong size; only the first ones where there are many."""
        if not teams:
            return
        table = self._table("code", "team", "why")
        for team in islice(teams, TEAMS_SHOWN):
            odd = [self._say(f"odd_{w.rule}", limit=w.limit, found=w.found) for w in team.warnings]
            table.add_row(Text(team.code), Text(team.name), Text("\n".join(odd)))
        self._console.print(table)
        self.say("odd_teams", count=len(teams), shown=min(len(teams), TEAMS_SHOWN))

    def problems(self, problems: Sequence[Problem]) -> None:
        """A table of what is amiss, by line."""
        if not problems:
            return
        table = self._table("line", "column", "why")
        for each in sorted(problems, key=lambda problem: problem.line):
            why = self._say(each.why, **each.params)
            table.add_row(Text(str(each.line)), Text(each.column), Text(why))
        self._console.print(table)

    def _table(self, *headers: str) -> Table:
        return Table(*(self._say(f"header_{header}") for header in headers))

    def write(self, text: str) -> None:
        self._console.print(Text(text))

    def say(self, key: str, **values: object) -> None:
        """Tell one sentence."""
        self._console.print(Text(self._say(key, **values)))

    def _say(self, key: str, **values: object) -> str:
        """The sentence as plain text: a terminal reads no HTML."""
        return html.unescape(self._words(f"import.{key}", **values))
