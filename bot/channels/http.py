"""Plain HTTP to a messenger, and what its failures mean."""

import logging
import ssl
from functools import cache

import httpx

from domain.channel import Lost, Scope, SendError, TryLater

# At INFO they log every address, and some messengers have the token in it.
for _name in ("httpx", "httpcore"):
    logging.getLogger(_name).setLevel(logging.WARNING)

CONNECT_SECONDS, ANSWER_SECONDS = 5.0, 25.0
UNREACHABLE_SECONDS = 5.0
CONNECTIONS = 256
"""As many as a drain sends at once: what waited here for its turn could go out when another process
has the account already."""


def open_client(base_url: str) -> httpx.AsyncClient:
    """A client for a server; one on plain HTTP is near and behind no proxy."""
    return httpx.AsyncClient(
        base_url=base_url.rstrip("/"),
        timeout=httpx.Timeout(ANSWER_SECONDS, connect=CONNECT_SECONDS),
        limits=httpx.Limits(max_connections=CONNECTIONS),
        verify=_trusted(),
        trust_env=base_url.startswith("https:"),
    )


@cache
def _trusted() -> ssl.SSLContext:
    """Made once for all clients: to read every authority's certificate takes 20 ms."""
    return httpx.create_ssl_context()


def failed(error: httpx.HTTPError) -> SendError:
    """What it means that a call came to no answer. Its words hold no address."""
    what = type(error).__name__
    match error:
        case httpx.ConnectError() | httpx.ConnectTimeout() | httpx.PoolTimeout():
            return TryLater(f"not reached: {what}", UNREACHABLE_SECONDS, Scope.ACCOUNT)
        case _:
            return Lost(f"no answer: {what}")


def refused_status(status: int) -> SendError | None:
    """What a status says by itself; None where the body has to be read."""
    match status:
        case 429:
            return TryLater("too many calls", UNREACHABLE_SECONDS, Scope.ACCOUNT)
        case 504:  # a gateway that waited in vain: what is behind it may have sent
            return Lost(f"status {status}")
        case _ if status >= 500:
            return TryLater(f"status {status}", UNREACHABLE_SECONDS, Scope.ACCOUNT)
        case _:
            return None
