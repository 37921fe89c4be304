"""The house rules that a machine can keep: sizes, names, and a domain without a clock."""

import ast
import io
import re
import statistics
import tokenize
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LONGEST_FUNCTION = 45
USUAL_FUNCTION = 8
LONGEST_FILE = 400
VAGUE = re.compile(r"(?:^|_)(?:manager|helper|util|common)s?(?:_|$)")
BARE_IGNORE = re.compile(r"#\s*type:\s*ignore(?!\[)")
CLOCKS = re.compile(r"\b(?:(?:datetime|date)\.(?:now|utcnow|today)|(?:time|random|secrets)\.\w+)$")

Rule = Callable[[Path, str], Iterator[str]]


def sources() -> list[Path]:
    """Every Python file of ours, by its path from the root."""
    rooms = [room for room in ROOT.iterdir() if room.is_dir() and not room.name.startswith(".")]
    return sorted(file.relative_to(ROOT) for room in rooms for file in room.rglob("*.py"))


def functions(source: str) -> Iterator[tuple[int, str, int]]:
    """The line, the name and the length of every function; its decorators do not count."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.lineno, node.name, (node.end_lineno or node.lineno) - node.lineno + 1


def long_functions(path: Path, source: str) -> Iterator[str]:
    for line, name, length in functions(source):
        if length > LONGEST_FUNCTION and "migrations" not in path.parts:
            yield f"{path}:{line} {name} has {length} lines, more than {LONGEST_FUNCTION}"


def long_files(path: Path, source: str) -> Iterator[str]:
    length = len(source.splitlines())
    if length > LONGEST_FILE and "migrations" not in path.parts and path.parts[0] != "tests":
        yield f"{path} has {length} lines, more than {LONGEST_FILE}"


def bare_ignores(path: Path, source: str) -> Iterator[str]:
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT and BARE_IGNORE.search(token.string):
            yield f"{path}:{token.start[0]} ignores every type error: name the one that is meant"


def vague_names(path: Path, source: str) -> Iterator[str]:
    for part in path.with_suffix("").parts:
        if VAGUE.search(part):
            yield f"{path} is called {part}, which says nothing: name it after what it holds"


def own_clocks(path: Path, source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)) if path.parts[0] == "domain" else ():
        if isinstance(node, ast.Attribute) and CLOCKS.search(ast.unparse(node)):
            yield f"{path}:{node.lineno} {ast.unparse(node)}: domain is told time and chance"


RULES: list[Rule] = [long_functions, long_files, bare_ignores, vague_names, own_clocks]


@pytest.mark.parametrize("rule", RULES)
def test_a_house_rule_is_kept(rule: Rule) -> None:
    found = [
        breach
        for path in sources()
        for breach in rule(path, (ROOT / path).read_text(encoding="utf-8"))
    ]
    assert not found, "\n" + "\n".join(found)


def test_most_functions_are_short() -> None:
    lengths = [
        length
        for path in sources()
        if path.parts[0] != "tests"
        for _, _, length in functions((ROOT / path).read_text(encoding="utf-8"))
    ]
    assert statistics.median(lengths) <= USUAL_FUNCTION


LONG = "def f() -> None:\n" + "    pass\n" * LONGEST_FUNCTION


@pytest.mark.parametrize(
    ("rule", "path", "source", "told"),
    [
        (long_functions, "web/pages.py", "\n" + LONG, "web/pages.py:2 f has 46 lines"),
        (long_functions, "tests/test_x.py", "async " + LONG, "tests/test_x.py:1 f has 46 lines"),
        (long_files, "bot/say.py", "\n" * 401, "bot/say.py has 401 lines"),
        (bare_ignores, "bot/say.py", "x = 1\ny = 2  # type: ignore", "bot/say.py:2 ignores"),
        (vague_names, "bot/utils.py", "", "bot/utils.py is called utils"),
        (vague_names, "web/helpers/page.py", "", "web/helpers/page.py is called helpers"),
        (vague_names, "bot/date_util.py", "", "bot/date_util.py is called date_util"),
        (
            own_clocks,
            "domain/period.py",
            "x = datetime.now(UTC)",
            "domain/period.py:1 datetime",
        ),
        (own_clocks, "domain/a.py", "import datetime as d\nd.date.today()", "domain/a.py:2 d.date"),
        (own_clocks, "domain/a.py", "f(default=time.time)", "domain/a.py:1 time.time"),
        (own_clocks, "domain/a.py", "random.choice([1])", "domain/a.py:1 random.choice"),
    ],
)
def test_a_breach_is_told(rule: Rule, path: str, source: str, told: str) -> None:
    found = list(rule(Path(path), source))
    assert len(found) == 1
    assert found[0].startswith(told)


@pytest.mark.parametrize(
    ("rule", "path", "source"),
    [
        (long_functions, "web/pages.py", LONG.removesuffix("    pass\n")),
        (long_functions, "storage/migrations/versions/0001_x.py", LONG),
        (long_files, "tests/test_x.py", "\n" * 401),
        (bare_ignores, "bot/say.py", 'x = "# type: ignore"  # type: ignore[misc]'),
        (vague_names, "bot/utility_bills.py", ""),
        (own_clocks, "domain/period.py", "moment.date()\nself.now\ndatetime.combine(a, b)"),
        (own_clocks, "scheduler/clock.py", "datetime.now(UTC)"),
    ],
)
def test_what_is_allowed_is_no_breach(rule: Rule, path: str, source: str) -> None:
    assert list(rule(Path(path), source)) == []
