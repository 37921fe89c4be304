"""The journal: one line of JSON a fact, only ever appended to, and the files beside it."""

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, get_args

from pydantic import TypeAdapter, ValidationError

from sandbox.facts import Bot, Fact, Message, Person

_KINDS: dict[str, TypeAdapter[Fact]] = {kind.__name__: TypeAdapter(kind) for kind in get_args(Fact)}


_SHAPES: dict[type, TypeAdapter[object]] = {
    kind: TypeAdapter(kind) for kind in (Bot, Person, Message)
}


def as_json(value: Bot | Person | Message) -> dict[str, object]:
    """A value of the world as JSON, without what is as usual."""
    adapter = _SHAPES[type(value)]
    shape: dict[str, object] = adapter.dump_python(value, mode="json", exclude_defaults=True)
    return shape


class JournalError(Exception):
    """The journal cannot be read or written; the text says where and why."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A fact with its place in the journal (from 1) and its time (Unix seconds)."""

    seq: int
    at: float
    fact: Fact

    def line(self) -> bytes:
        """The entry as one line of JSON, without the line's end."""
        name = type(self.fact).__name__
        data = _KINDS[name].dump_json(self.fact, exclude_defaults=True)
        return b'{"seq":%d,"at":%.3f,"fact":"%s","data":%s}' % (
            self.seq,
            self.at,
            name.encode(),
            data,
        )


def parse(line: bytes) -> Entry:
    """The entry of a line.

    Raises:
        JournalError: it is not a line of a journal.
    """
    try:
        raw = json.loads(line)
        return Entry(raw["seq"], raw["at"], _KINDS[raw["fact"]].validate_python(raw["data"]))
    except (ValueError, KeyError, TypeError, ValidationError) as error:
        raise JournalError(f"not a journal line: {error}") from error


class Memory:
    """Keeps nothing but the files, and those in memory: for tests and short plays."""

    def __init__(self) -> None:
        self._blobs: dict[str, bytes] = {}

    def entries(self) -> Iterator[Entry]:
        return iter(())

    def append(self, line: bytes) -> None:
        pass

    def keep(self, data: bytes) -> str:
        name = hashlib.sha256(data).hexdigest()
        self._blobs[name] = data
        return name

    def bytes_of(self, blob: str) -> bytes:
        return self._blobs[blob]

    def close(self) -> None:
        pass


class Journal:
    """A directory with `journal.jsonl` and `files/`.

    A line is written with one call and without fsync: what was answered survives the process
    being killed, not the machine losing its power.
    """

    def __init__(self, directory: Path) -> None:
        """Raises JournalError when another process has this journal open."""
        (directory / "files").mkdir(parents=True, exist_ok=True)
        self._path = directory / "journal.jsonl"
        self._files = directory / "files"
        self._out: BinaryIO = self._path.open("ab", buffering=0)
        try:
            fcntl.flock(self._out, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._out.close()
            raise JournalError(f"{self._path} is in use by another sandbox") from None
        self._size = self._cut_torn_line()

    def entries(self) -> Iterator[Entry]:
        """All entries in order.

        Raises:
            JournalError: a line is not readable; the text names it.
        """
        with self._path.open("rb") as lines:
            for number, line in enumerate(lines, start=1):
                try:
                    yield parse(line)
                except JournalError as error:
                    raise JournalError(f"{self._path}, line {number}: {error}") from error

    def _cut_torn_line(self) -> int:
        """Take away a last line that a crash cut off; gives the size in bytes then."""
        whole = 0
        with self._path.open("rb") as lines:
            for line in lines:
                whole += len(line) if line.endswith(b"\n") else 0
        os.truncate(self._path, whole)
        return whole

    def append(self, line: bytes) -> None:
        """Raises JournalError when the disk did not take the whole line (then it is as before)."""
        try:
            if self._out.write(line + b"\n") != len(line) + 1:
                raise OSError("the disk is full")
        except OSError as error:
            os.truncate(self._path, self._size)
            raise JournalError(f"{self._path} cannot be written: {error}") from error
        self._size += len(line) + 1

    def keep(self, data: bytes) -> str:
        """Keep the bytes of a file; the same bytes are kept once. Gives their name."""
        name = hashlib.sha256(data).hexdigest()
        path = self._files / name
        if not path.exists():
            new = path.with_suffix(".new")
            new.write_bytes(data)
            new.rename(path)
        return name

    def bytes_of(self, blob: str) -> bytes:
        return (self._files / blob).read_bytes()

    def close(self) -> None:
        self._out.close()


Keeper = Journal | Memory
