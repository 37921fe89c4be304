"""The root of the command line: its help, its version, and errors that stop a command."""

from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from bot.faq import BadFaq
from loa import cli
from loa.settings import Settings
from storage.store import StorageError

LEAVES = """
    run demo ask announce invite doctor bench network units_import people_import target_import
    migrate copy backup restore audit
    report_show report_export dataset_list dataset_check dataset_import
    faq_import faq_export faq_check
    broadcast_list broadcast_show broadcast_export
    zalo_login zalo_groups zalo_create zalo_bind zalo_people
"""
Line = tuple[str, ...]


def commands(command: Any, path: Line = ()) -> Iterator[tuple[Line, Any]]:
    """Every command with the words that call it."""
    yield path, command
    for name, below in getattr(command, "commands", {}).items():
        yield from commands(below, (*path, name))


ALL = dict(commands(typer.main.get_command(cli.app)))


def test_every_command_is_there() -> None:
    leaves = {"_".join(path) for path, each in ALL.items() if not hasattr(each, "commands")}
    assert leaves == set(LEAVES.split())


@pytest.mark.parametrize("path", ALL, ids=" ".join)
def test_help_is_complete(path: Line) -> None:
    result = CliRunner().invoke(cli.app, [*path, "--help"], env={"COLUMNS": "200"})
    assert result.exit_code == 0
    assert ALL[path].help
    for parameter in ALL[path].params:
        named = max(parameter.opts, key=len)
        assert named in result.stdout or named.upper() in result.stdout
        assert parameter.help, f"loa {' '.join(path)} {named}"


def test_the_version_is_that_of_the_package() -> None:
    assert CliRunner().invoke(cli.app, ["--version"]).stdout == f"loa {version('loa')}\n"


def test_settings_that_are_not_there_are_named() -> None:
    result = CliRunner().invoke(cli.app, ["--config", "nowhere.yaml", "run"])
    assert result.exit_code == 2
    assert result.stderr.startswith("nowhere.yaml: cannot be read")


@pytest.mark.parametrize(
    ("command", "starts"), [("run", "loa.cli.run_bot"), ("demo", "loa.demo.run_demo")]
)
def test_a_start_gets_the_settings(
    command: str, starts: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tmp_path / "loa.yaml"
    config.write_text("web: {port: 9}", "utf-8")
    started: list[Settings] = []
    monkeypatch.setattr(starts, lambda settings, *_: started.append(settings))
    result = CliRunner().invoke(cli.app, ["--config", str(config), command])
    assert result.exit_code == 0
    assert [settings.web.port for settings in started] == [9]


@pytest.mark.parametrize(
    "error", [BadFaq("x.yaml: no topic"), StorageError("locked"), OSError(28, "disk full")]
)
def test_what_stops_a_command_is_told_in_one_line(
    error: Exception, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stopped() -> None:
        raise error

    monkeypatch.setattr(cli, "app", stopped)
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 1
    assert capsys.readouterr().err == f"loa: {error}\n"


def test_a_fault_of_its_own_goes_to_the_log_and_no_further(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def faulty() -> None:
        raise ExceptionGroup("of a task", [KeyError("nowhere")])

    monkeypatch.setattr(cli, "app", faulty)
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 1
    (record,) = caplog.records
    assert record.getMessage() == "Loa has ended by a fault of its own"
    assert record.exc_info
    assert record.exc_info[0] is ExceptionGroup
