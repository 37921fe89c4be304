"""A way to PostgreSQL that is cut between a COMMIT and its answer."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import make_url

SOCKET = ".s.PGSQL.5432"


@dataclass
class Wire:
    """Between a store and its server, both on this machine; `url` leads through it."""

    url: str
    server: str
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    """The server has ended a connection."""
    let_go: asyncio.Event = field(default_factory=asyncio.Event)
    """Until then such a connection is still open on this side."""
    _left: int = 0
    _joined: set["asyncio.Task[None]"] = field(default_factory=set)

    @classmethod
    @asynccontextmanager
    async def to(cls, url: str) -> AsyncIterator["Wire"]:
        """A way to the database at that URL, as long as the block runs."""
        host = str(make_url(url).query["host"])
        with tempfile.TemporaryDirectory() as directory:
            through = make_url(url).update_query_dict({"host": directory})
            wire = cls(through.render_as_string(hide_password=False), str(Path(host) / SOCKET))
            near = await asyncio.start_unix_server(wire._answer, Path(directory) / SOCKET)
            wire.let_go.set()
            yield wire
            wire.let_go.set()
            near.close()
            await asyncio.gather(*wire._joined)

    def lose(self, number: int) -> None:
        """Cut the connection as the answer to the COMMIT of that number from now on comes."""
        self._left = number

    @property
    def lost(self) -> bool:
        """Whether that has happened."""
        return self._left == 0

    def _answer(self, near: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        self._joined.add(asyncio.create_task(self._join(near, back)))

    async def _join(self, near: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        far, on = await asyncio.open_unix_connection(self.server)
        cut = asyncio.Event()
        asking = asyncio.create_task(self._ask(near, on, cut))
        with suppress(ConnectionError):
            while (answer := await far.read(2**16)) and not cut.is_set():
                back.write(answer)
        self.ended.set()
        await self.let_go.wait()
        asking.cancel()
        await asyncio.wait([asking])
        for writer in (back, on):
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()

    async def _ask(
        self, near: asyncio.StreamReader, on: asyncio.StreamWriter, cut: asyncio.Event
    ) -> None:
        while asked := await near.read(2**16):
            if b"COMMIT;" in asked and self._left:
                self._left -= 1
                if self.lost:
                    cut.set()
            on.write(asked)
        on.close()
