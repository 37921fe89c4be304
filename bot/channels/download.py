"""Files that a platform gives by address: fetched from public servers only."""

import asyncio
import contextlib
import socket
from ipaddress import ip_address

import httpx

from bot.channels.http import failed, open_client, refused_status
from domain.channel import Refused, Scope, SendError, TryLater

RETRY_SECONDS = 5.0
MOST_HOPS = 4
"""Addresses that one leads to another, each looked at anew."""


class Download:
    """Fetches what an update points to.

    Updates may be forged, so an address must be https and lead to the public internet: not to this
    machine, and to nothing in its network. Only the platform's own server, `base_url`, may be near.
    """

    def __init__(self, base_url: str) -> None:
        self._home = httpx.URL(base_url)
        self._http = open_client(base_url)

    async def close(self) -> None:
        await self._http.aclose()

    async def fetch(self, address: str, limit: int) -> bytes:
        """At most `limit` bytes; raises a `SendError`."""
        url = _url(address)
        try:
            for _ in range(MOST_HOPS):
                answer = await self._http.send(await self._request(url), stream=True)
                async with contextlib.aclosing(answer):
                    if not answer.has_redirect_location:
                        return await _body(answer, limit)
                    url = _url(answer.headers["location"], url)
            failure: SendError = Refused("the file is sent on too often")
        except httpx.HTTPError as error:
            failure = failed(error)
        raise failure  # out here, so that it does not carry the address

    async def _request(self, url: httpx.URL) -> httpx.Request:
        if _origin(url) == _origin(self._home):
            return httpx.Request("GET", url)
        return await _checked(url)


async def _body(answer: httpx.Response, limit: int) -> bytes:
    if ill := refused_status(answer.status_code):
        raise ill
    if answer.status_code != 200:
        raise Refused(f"the file is no longer there: status {answer.status_code}")
    data = bytearray()
    async for part in answer.aiter_bytes():
        data += part
        if len(data) > limit:
            raise Refused(f"a file of more than {limit} bytes is over the limit")
    return bytes(data)


def _url(address: str, base: httpx.URL | None = None) -> httpx.URL:
    try:
        return base.join(address) if base else httpx.URL(address)
    except httpx.InvalidURL:
        raise Refused("the file has no address") from None


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port


async def _checked(url: httpx.URL) -> httpx.Request:
    """A request to the very machine that was looked at: its name may mean another one later."""
    if url.scheme != "https" or url.port not in (None, 443) or not url.host or url.userinfo:
        raise Refused("a file is fetched by https only")
    place = await _public_address(url.host)
    return httpx.Request(
        "GET",
        url.copy_with(host=place),
        headers={"Host": url.host},
        extensions={"sni_hostname": url.host},
    )


async def _public_address(host: str) -> str:
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(host, 443, type=socket.SOCK_STREAM)
    except OSError as error:
        raise TryLater(f"no such server: {error.strerror}", RETRY_SECONDS, Scope.CHAT) from None
    places = [str(each[4][0]) for each in found]
    if not places or not all(map(_is_public, places)):
        raise Refused("the file is not on a public server")
    return places[0]


def _is_public(place: str) -> bool:
    address = ip_address(place)
    return address.is_global and not address.is_multicast
