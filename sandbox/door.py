"""Who may come in: on a loopback address only pages and programs of this machine."""

from collections.abc import Iterable
from functools import lru_cache
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send


@lru_cache(maxsize=64)
def is_loopback(host: str) -> bool:
    """For a host name or address, without a port."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


class LocalOnly:
    """Refuses a Host or Origin that is not this machine: a web page elsewhere that has its name
    pointed at 127.0.0.1 (DNS rebinding), or posts to it, gets nothing."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not _is_local(scope["headers"]):
            refusal = PlainTextResponse("This sandbox answers its own machine only.", 403)
            await refusal(scope, receive, send)
            return
        await self._app(scope, receive, send)


def _is_local(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    for name, value in headers:
        if name == b"host" and not is_loopback(_host(f"//{value.decode('latin-1')}")):
            return False
        if name == b"origin" and not is_loopback(_host(value.decode("latin-1"))):
            return False
    return True


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
