"""Shows in a terminal how an import goes and how it ended."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice

from rich.progress import Progress, TaskID
from rich.table import Table

from domain.faq_check import Finding
from domain.imports import Problem
from loa.screen import Screen, cells
from loa.sheets import SheetError
from storage.bulk import Told
from storage.imports import Imported
from storage.teams import OddTeam

TEAMS_SHOWN = 50


@dataclass(frozen=True, slots=True)
class ImportReport:
    screen: Screen

    @contextmanager
    def progress(self) -> Iterator[Told]:
        """A bar for the check and for each table that is written."""
        with Progress(console=self.screen.console, transient=True) as bar:
            tasks: dict[str, TaskID] = {"check": bar.add_task(self._text("check"), total=None)}

            def told(table: str, done: int, total: int) -> None:
                bar.update(tasks["check"], visible=False)
                if table not in tasks:
                    tasks[table] = bar.add_task(self._text(f"write_{table}"), total=total)
                bar.update(tasks[table], completed=done, total=total)

            yield told

    def unreadable(self, error: SheetError) -> None:
        self.say(error.why, line=error.line, **error.values)

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
            why = self._text(f"found_{each.why}", other=each.other_id)
            table.add_row(*cells(each.entry_id, why, each.text))
        self.screen.show(table)
        self.say("found", count=len(found))

    def odd_teams(self, teams: Sequence[OddTeam]) -> None:
        """Teams of a wrong size; only the first ones where there are many."""
        if not teams:
            return
        table = self._table("code", "team", "why")
        for team in islice(teams, TEAMS_SHOWN):
            odd = [self._text(f"odd_{w.rule}", limit=w.limit, found=w.found) for w in team.warnings]
            table.add_row(*cells(team.code, team.name, "\n".join(odd)))
        self.screen.show(table)
        self.say("odd_teams", count=len(teams), shown=min(len(teams), TEAMS_SHOWN))

    def problems(self, problems: Sequence[Problem]) -> None:
        """A table of what is amiss, by line."""
        table = self._table("line", "column", "why")
        for each in sorted(problems, key=lambda problem: problem.line):
            why = self._text(each.why, **each.params)
            table.add_row(*cells(str(each.line), each.column, why))
        self.screen.show(table)

    def _table(self, *headers: str) -> Table:
        return self.screen.table(*(f"import.header_{header}" for header in headers))

    def say(self, key: str, **values: object) -> None:
        """Tell one sentence of an import."""
        self.screen.say(f"import.{key}", **values)

    def _text(self, key: str, **values: object) -> str:
        return self.screen.text(f"import.{key}", **values)
