"""A file that is written wholly or not at all."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from loa.screen import Screen


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """What is written to the path that the block gets becomes the file when it ends well."""
    part = path.with_name(f"{path.name}.part")
    try:
        yield part
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def write_whole(path: Path, data: bytes) -> None:
    """Raises OSError."""
    with whole(path) as part:
        part.write_bytes(data)


def written(path: Path, data: bytes, screen: Screen) -> bool:
    """Write a file; whether it is there now, else the screen says why not."""
    try:
        write_whole(path, data)
    except OSError as error:
        screen.say("cli.export_refused", file=path, error=error.strerror)
        return False
    return True
