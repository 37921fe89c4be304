"""`loa bench`: the measurements of `benchmarks/`, which come with the project's folder."""

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

Name = Annotated[str, typer.Argument(help="Which one, such as faq; left out, all are listed.")]

ANY_OPTIONS = {"allow_extra_args": True, "ignore_unknown_options": True}


def bench(context: typer.Context, name: Name = "") -> None:
    """Run a measurement and print what it found; what follows its name is handed on to it.

    `loa bench faq --data DIR` measures the search on question sets. Needs the project's folder.
    """
    known = _known()
    if name not in known:
        told = "There is no measurement of that name." if name else "Measurements:"
        typer.echo(f"{told} {', '.join(known)}", err=bool(name))
        raise typer.Exit(2 if name else 0)
    line = [sys.executable, "-m", f"benchmarks.{name}", *context.args]
    raise typer.Exit(subprocess.run(line, check=False).returncode)


def _known() -> list[str]:
    """The modules of `benchmarks` that can be run."""
    package = find_spec("benchmarks")
    if package is None or not package.submodule_search_locations:
        raise typer.BadParameter("benchmarks/ is not here: run this in the project's folder")
    files = sorted(Path(package.submodule_search_locations[0]).glob("*.py"))
    return [each.stem for each in files if "\ndef main()" in each.read_text("utf-8")]
