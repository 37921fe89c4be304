"""An application on real HTTP."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

import httpx
import uvicorn
from starlette.applications import Starlette
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState


@asynccontextmanager
async def serving(app: Starlette) -> AsyncIterator[str]:
    """Serve on a free port of 127.0.0.1; the URL.

    By uvicorn's protocol without its server, which looks only ten times a second whether to stop.
    """
    config = uvicorn.Config(app, log_level="warning", lifespan="off")
    config.load()
    state = ServerState()

    made = partial(H11Protocol, config, state, {})
    server = await asyncio.get_running_loop().create_server(made, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        for connection in list(state.connections):
            connection.shutdown()
        await asyncio.gather(*state.tasks)


@asynccontextmanager
async def client_of(app: Starlette) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody who calls it."""
    async with serving(app) as url, httpx.AsyncClient(base_url=url, verify=False) as client:
        yield client
