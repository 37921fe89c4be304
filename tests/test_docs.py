"""The pages say what is there: their links, commands, packages, settings and words of the bot."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from typer.core import TyperGroup
from typer.main import get_command

from bot.words import CONTENT, read_templates
from loa.cli import app
from loa.settings import Settings
from loa.settings_accounts import AccountSettings
from storage.schema import metadata

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
GUIDES = "\n".join(path.read_text("utf-8") for path in sorted((ROOT / "docs/vi").glob("*.md")))
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])

LINK = re.compile(r"\]\((?![a-z]+:|#)([^)#]+)")
ROW = re.compile(r"^\| `([^`]+)` \|", re.MULTILINE)
ITALIC = re.compile(r"(?<!\*)\*([^*\n]+)\*(?!\*)")


def table(heading: str) -> list[str]:
    """What stands in the first column of the README's table under a heading."""
    return ROW.findall(README.partition(f"## {heading}\n")[2].partition("\n## ")[0])


def code(page: str) -> Iterator[str]:
    """The pieces and lines of code in a page."""
    yield from re.findall(r"`([^`\n]+)`", page)
    yield from re.findall(r"^ {4,}(\S.*)$", page, re.MULTILINE)


def subcommands(group: TyperGroup, path: str = "loa") -> Iterator[str]:
    """The full names of all commands that do something."""
    for name, command in group.commands.items():
        if isinstance(command, TyperGroup):
            yield from subcommands(command, f"{path} {name}")
        else:
            yield f"{path} {name}"


def known_commands() -> set[str]:
    whole = get_command(app)
    assert isinstance(whole, TyperGroup)
    return set(subcommands(whole))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_links_only_to_what_is_there(page: Path) -> None:
    links = LINK.findall(page.read_text("utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_every_page_is_reached_from_the_readme() -> None:
    reached = {(ROOT / link).resolve() for link in LINK.findall(README)}
    assert [page.name for page in PAGES if page not in reached | {ROOT / "README.md"}] == []


def test_every_dependency_has_a_row_with_its_reason_and_no_other_has() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    groups = [
        project["project"]["dependencies"],
        *project["project"]["optional-dependencies"].values(),
        *project["dependency-groups"].values(),
    ]
    wanted = {re.split(r"[^\w.-]", each)[0] for group in groups for each in group}
    assert sorted(table("Dependencies")) == sorted(wanted)


def test_every_command_of_the_command_line_has_a_row() -> None:
    rows = " ".join(f"{row} " for row in table("Command line"))
    assert [name for name in known_commands() if f"{name} " not in rows] == []


def test_the_readme_names_no_command_that_there_is_not() -> None:
    named = re.findall(r"(?:^|/)(loa(?: [a-z]+)+)", "\n".join(code(README)), re.MULTILINE)
    known = known_commands()
    assert named
    assert [each for each in named if not any(f"{each} ".startswith(f"{k} ") for k in known)] == []


def test_every_variable_in_the_readme_is_one_that_is_read() -> None:
    account = AccountSettings()
    named = set(re.findall(r"LOA_[A-Z_]+", README)) - {account.token_env, account.secret_env}
    parts = [name.removeprefix("LOA_").lower().split("__") for name in named]
    assert parts
    assert [each for each in parts if not _is_setting(each)] == []


def _is_setting(path: list[str]) -> bool:
    value: object = Settings()
    for key in path:
        if key not in getattr(type(value), "model_fields", {}):
            return False
        value = getattr(value, key)
    return True


def test_the_readme_says_where_the_settings_and_the_words_are() -> None:
    assert "config.yaml" in LINK.findall(README)
    assert [row for row in table("Where to change words") if not list(ROOT.glob(row))] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_names_only_targets_of_the_makefile(page: Path) -> None:
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    named = re.findall(r"^make ([a-z]+)", "\n".join(code(page.read_text("utf-8"))), re.MULTILINE)
    assert set(named) <= set(targets)


def test_every_command_of_the_bot_is_in_a_guide() -> None:
    listed = yaml.safe_load((CONTENT / "commands.yaml").read_text("utf-8"))
    rows = re.findall(r"^\| ([^|]+) \| `/(\w+)", GUIDES, re.MULTILINE)
    plain = {slash: words for words, slash in rows}
    for command in listed["commands"].values():
        known = [*command["phrases"], *listed["stop"]]
        first = plain.get(command["slash"][0], "")
        assert any(first.startswith(phrase) for phrase in known), command["slash"]
    assert set(plain) == {each["slash"][0] for each in listed["commands"].values()}


def test_what_a_guide_quotes_is_what_the_bot_says() -> None:
    said = re.sub(r"<[^>]+>", "", "\n".join(read_templates(CONTENT / "messages").values()))
    quoted = [each.strip("… ") for each in ITALIC.findall(GUIDES)]
    assert quoted
    assert [each for each in quoted if each not in said] == []


def test_the_design_names_every_room_and_table() -> None:
    page = (ROOT / "docs/design.md").read_text("utf-8")
    rooms = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests", "benchmarks"}
    assert [room for room in rooms if f"\n{room}/ " not in page] == []
    assert set(re.findall(r"`([a-z_]+)`(?=[^|\n]*\| )", page)) >= set(metadata.tables)
