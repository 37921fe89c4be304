"""The part that a process plays: all of Loa, or what one of many processes does."""

from enum import StrEnum

import typer
from sqlalchemy import make_url


class Part(StrEnum):
    """`loa run --role`. There may be any number of each, on PostgreSQL."""

    ALL = "all"
    BOT = "bot"
    """Listens and sends, and works off what came by webhook."""
    WORKER = "worker"
    """Does the jobs that are due."""
    SCHEDULER = "scheduler"
    """Says when jobs are due."""
    WEB = "web"
    """Lets in what comes by webhook, and hands out pages and files."""

    def plays(self, other: "Part") -> bool:
        return self in (Part.ALL, other)

    @property
    def parts(self) -> list["Part"]:
        """Itself, or all the others."""
        return [each for each in Part if each is not Part.ALL and self.plays(each)]


def check_part(part: Part, database_url: str) -> None:
    """Raise typer.BadParameter for one process of several where there can be but one."""
    if part is not Part.ALL and make_url(database_url).get_backend_name() == "sqlite":
        why = "needs PostgreSQL: an SQLite file is one process's. Set database_url, or leave it out"
        raise typer.BadParameter(f"{part} {why}", param_hint="--role")
