"""`make audit` where PyPI's advisories cannot be asked, as behind a mirror of packages."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
NOBODY = "http://127.0.0.1:1/"


@pytest.mark.skipif(not shutil.which("make"), reason="make is not installed")
def test_who_cannot_ask_is_told_so_in_one_line() -> None:
    # What is installed is left as it is.
    command = ["make", "--no-print-directory", "-o", ".venv/run.done", "-o", ".venv/dev.done"]
    asked = subprocess.run(
        [*command, "audit", f"ADVISORIES={NOBODY}"], cwd=ROOT, capture_output=True, text=True
    )
    assert asked.returncode != 0
    assert asked.stdout == ""
    told, *rest = asked.stderr.splitlines()
    assert told == "PyPI's advisories cannot be reached: the packages were NOT audited."
    assert [line for line in rest if not re.match(r"make(\[\d+\])?: \*\*\*", line)] == []


def test_ci_audits_where_it_can() -> None:
    run = (ROOT / ".ci" / "run").read_text("utf-8")
    assert run.index("make test") < run.index("advisories") < run.index(" audit\n")
