"""Copies a database into another before somebody's eyes."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from domain.audit import Act
from loa.commands.operator import note
from loa.screen import Screen, cells
from storage.copying import Copied, Told, copy_all, count_rows, spelt


async def transfer(
    source: str, target: str, screen: Screen, act: Act, *, emptied: bool = False
) -> bool:
    """Copy and show what has arrived; False if that is not what there was, and nothing was kept.

    The act is noted in the source, and so goes with it. Raises StorageError.
    """
    rows = sum((await count_rows(source)).values())
    await note(source, act)
    with bar(screen, rows) as told:
        copied = await copy_all(source, target, told, emptied=emptied)
    _show(screen, copied)
    if other := [each.table for each in copied if not each.same]:
        screen.say("database.differs", tables=other)
        return False
    rows = sum(each.target.rows for each in copied)
    names = {"source": spelt(source), "target": spelt(target)}
    screen.say("database.copied", rows=rows, tables=len(copied), **names)
    return True


@contextmanager
def bar(screen: Screen, rows: int) -> Iterator[Told]:
    """A bar that fills as rows are copied, with the table that they are of."""
    with screen.progress() as progress:
        task = progress.add_task("", total=rows)

        def told(table: str, count: int) -> None:
            progress.update(task, advance=count, description=table)

        yield told


def _show(screen: Screen, copied: Sequence[Copied]) -> None:
    heads = ("table", "same", "rows", "total", "arrived_rows", "arrived_total")
    table = screen.table(*(f"database.head_{head}" for head in heads), numbers=4)
    for each in copied:
        before, after = each.source, each.target
        same = screen.text(f"database.{'same' if each.same else 'other'}_content")
        numbers = (before.rows, before.total, after.rows, after.total)
        table.add_row(*cells(each.table, same, *map(str, numbers)))
    screen.show(table)
