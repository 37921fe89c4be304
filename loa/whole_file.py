"""A file that is written wholly or not at all."""

from pathlib import Path


def write_whole(path: Path, data: bytes) -> None:
    """Write a file wholly or not at all; raises OSError."""
    part = path.with_name(f"{path.name}.part")
    try:
        part.write_bytes(data)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
