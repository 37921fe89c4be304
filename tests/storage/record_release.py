"""Records the statements of this release: `python -m tests.storage.record_release`.

Runs part of the tests on PostgreSQL, and keeps every statement that the program (not a test) gives
it, each once and without values, in `release/VERSION.sql`, a line each. `test_rolling.py` holds
later schemas to them. SQLite has one process, which is stopped for an upgrade.
"""

import re
import sys
from importlib.metadata import version
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from sqlalchemy import Engine, event

ROOT = Path(__file__).parents[2]
RELEASES = Path(__file__).parent / "release"
PLAYED = ["tests/bot/test_conversations.py", "tests/storage", "tests/scheduler"]
ROOMS = ("domain", "storage", "scheduler", "bot", "web", "loa")
KEPT = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")
MARK = re.compile(r"\$\d+")
LIST = re.compile(r"(\$[^,()]*)(?:, \1)+|(\((?:\$[^()]*)\))(?:, \2)+")


class Recorder:
    """Hears every statement; keeps the shortest of those that differ in the length of a list."""

    def __init__(self) -> None:
        self.found: dict[str, str] = {}

    def hear(self, *heard: Any) -> None:
        statement = " ".join(str(heard[2]).split())
        if not statement.startswith(KEPT) or "alembic_version" in statement:
            return
        shape = LIST.sub(r"\1\2", MARK.sub("$", statement))
        known = self.found.get(shape)
        if known is None and not _is_program_s(sys._getframe()):
            return
        self.found[shape] = min(known or statement, statement, key=len)


def _is_program_s(frame: FrameType | None) -> bool:
    """Whether what of ours is nearest below a statement is a room of the house."""
    while frame is not None:
        path = Path(frame.f_code.co_filename)
        if path.is_relative_to(ROOT) and ".venv" not in path.parts and path != Path(__file__):
            return path.relative_to(ROOT).parts[0] in ROOMS
        frame = frame.f_back
    return False


def main() -> None:
    recorder = Recorder()
    event.listen(Engine, "before_cursor_execute", recorder.hear)
    if pytest.main([*PLAYED, "-q", "-k", "postgres", "-p", "no:cacheprovider"]):
        raise SystemExit("nothing is recorded: not every test passed")
    RELEASES.mkdir(exist_ok=True)
    file = RELEASES / f"{version('loa')}.sql"
    file.write_text("".join(f"{each}\n" for each in sorted(recorder.found.values())), "utf-8")
    print(f"{file.relative_to(ROOT)}: {len(recorder.found)} statements")  # noqa: T201


if __name__ == "__main__":
    main()
