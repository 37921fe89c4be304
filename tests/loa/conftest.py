import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from io import StringIO
from pathlib import Path
from typing import ParamSpec, TypeVar

import pytest
from rich.console import Console
from typer.testing import CliRunner, Result

from bot.courses import load_courses
from bot.data_sets import load_data_sets
from bot.faq import Faq, open_faq
from bot.words import Words
from domain.faq import Embed
from loa import roof
from loa.cli import app
from loa.screen import Screen
from loa.settings import Settings, load
from storage.store import Store, Work, open_store
from tests.conftest import Databases, PostgresDatabases, SqliteDatabases
from tests.messenger import WITH_BUTTONS, Memory
from tests.proving import PROVING
from tests.world import ZONE, build, read_world

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Office:
    """The commands in a folder of their own, on a database of either engine."""

    folder: Path
    url: str
    store: Store
    runner: asyncio.Runner

    @property
    def config(self) -> Path:
        return self.folder / "config.yaml"

    @property
    def environ(self) -> dict[str, str]:
        return {"LOA_DATABASE_URL": self.url, "LOA_DATA_DIR": str(self.folder / "var")}

    @property
    def settings(self) -> Settings:
        return load(self.config, self.environ)

    def loa(self, *line: str, typed: str = "", **environ: str) -> Result:
        """Run a command of the line, with what is typed into it."""
        env = {"COLUMNS": "200", **self.environ, **environ}
        return CliRunner().invoke(app, ["--config", str(self.config), *line], input=typed, env=env)

    def file(self, name: str, text: str = "") -> str:
        """The path of a file in the folder, written where there is a text."""
        if text:
            (self.folder / name).write_text(text, "utf-8")
        return str(self.folder / name)

    def read(self, work: Work[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        return self.runner.run(self.store.read(work, *args, **kwargs))

    def write(self, work: Work[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        return self.runner.run(self.store.write(work, *args, **kwargs))


@pytest.fixture(scope="package", autouse=True)
def read_once() -> Iterator[None]:
    """What every command reads of the shipped content as it begins is read once for all."""
    read = cache(open_faq)

    def opened(embed: Embed | None = None) -> Faq:
        faq = read(embed)
        if faq.version:  # a database has taught it
            faq.start_over()
        return faq

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(roof, "open_faq", opened)
        patch.setattr(roof, "load_courses", cache(load_courses))
        patch.setattr(roof, "load_data_sets", cache(load_data_sets))
        patch.setattr(Words, "load", cache(Words.load))
        yield


@contextmanager
def opened(folder: Path, url: str, runner: asyncio.Runner) -> Iterator[Office]:
    """An office in whose database there is nothing."""
    store = runner.run(open_store(url))
    office = Office(folder, url, store, runner)
    office.file("config.yaml", "log_level: error")
    yield office
    runner.run(store.close())


@pytest.fixture
def office(tmp_path: Path, url: str, runner: asyncio.Runner) -> Iterator[Office]:
    """An office on either engine."""
    with opened(tmp_path, url, runner) as office:
        yield office


@pytest.fixture
def terminal(sqlite: SqliteDatabases, tmp_path: Path, runner: asyncio.Runner) -> Iterator[Office]:
    """An office on SQLite, for what is the same on any engine."""
    with opened(tmp_path, runner.run(sqlite.lend()), runner) as office:
        yield office


@pytest.fixture(params=["sqlite", "postgres"] if PROVING else ["the other engine"])
def other_url(
    request: pytest.FixtureRequest, databases: Databases, runner: asyncio.Runner
) -> Iterator[str]:
    """The URL of another database with all tables and no rows, on the engine that is not ours.

    When everything is proved it is on ours as well.
    """
    other = "sqlite" if isinstance(databases, PostgresDatabases) else "postgres"
    engine = request.getfixturevalue(request.param if PROVING else other)
    assert isinstance(engine, Databases)
    url = runner.run(engine.lend())
    yield url
    runner.run(engine.take_back(url))


@pytest.fixture
def staffed(office: Office, now: datetime) -> Office:
    """An office that coordinates the small world of the conversations."""
    office.write(build, read_world(), Memory(WITH_BUTTONS), now)
    return office


@dataclass(frozen=True, slots=True)
class Paper:
    """A screen of which a test reads what was shown."""

    out: StringIO
    screen: Screen

    @property
    def text(self) -> str:
        return self.out.getvalue()


@pytest.fixture
def paper() -> Paper:
    out = StringIO()
    return Paper(out, Screen.open(ZONE, Console(file=out, width=200)))
