"""The first call of an account on Zalo: who it is."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Protocol

from domain.channel import Lost


class Api(Protocol):
    async def close(self) -> None: ...


@asynccontextmanager
async def opening(api: Api) -> AsyncIterator[None]:
    """Read the answer in here: the client of an account that cannot be opened is closed, and an
    answer without what is needed is `Lost`.
    """
    try:
        yield
    except BaseException as error:
        await api.close()
        if isinstance(error, KeyError | TypeError):
            raise Lost("the answer of who it is cannot be read") from None
        raise
