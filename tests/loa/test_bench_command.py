import pytest
from typer.testing import CliRunner

from loa.cli import app
from loa.commands import bench


def test_without_a_name_the_measurements_are_listed() -> None:
    result = CliRunner().invoke(app, ["bench"])
    assert result.exit_code == 0
    assert {"faq", "kill"} <= set(result.stdout.replace(",", " ").split())
    assert "platform" not in result.stdout


def test_a_wrong_name_is_told() -> None:
    result = CliRunner().invoke(app, ["bench", "fax"])
    assert result.exit_code == 2
    assert "faq" in result.stderr


def test_options_are_handed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    class Done:
        returncode = 3

    lines: list[list[str]] = []

    def run(line: list[str], *, check: bool) -> Done:
        lines.append(line)
        return Done()

    monkeypatch.setattr("subprocess.run", run)
    result = CliRunner().invoke(app, ["bench", "faq", "--data", "sets"])
    assert result.exit_code == 3
    assert lines[0][1:] == ["-m", "benchmarks.faq", "--data", "sets"]


def test_outside_the_project_the_folder_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "find_spec", lambda name: None)
    result = CliRunner().invoke(app, ["bench", "faq"])
    assert result.exit_code == 2
    assert "project's folder" in result.stderr
