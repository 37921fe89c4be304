"""Calls to the Official Account API, with the token that holds and the errors that it means.

https://developers.zalo.me/docs/official-account
"""

from collections.abc import Mapping
from typing import Any, Protocol

import httpx

from bot.channels.http import failed, open_client, refused_status
from bot.channels.zalo_oa_errors import TOKEN_REFUSED, send_error
from domain.channel import Lost


class TokenSource(Protocol):
    """Where access tokens come from."""

    async def current(self) -> str:
        """One that holds for a while; raises a `SendError`."""
        ...

    async def renewed(self, stale: str) -> str:
        """Another one than that which the platform refused; raises a `SendError`."""
        ...

    async def keep_fresh(self) -> None:
        """Renew it when it is time; never raises."""
        ...

    async def close(self) -> None:
        """Wait for what must not be broken off."""
        ...


class OaApi:
    """The API of one account. Every call gives the answer's data, or raises a `SendError`."""

    def __init__(self, base_url: str, tokens: TokenSource) -> None:
        self.base_url = base_url
        self.keep_fresh = tokens.keep_fresh
        self._tokens = tokens
        self._http = open_client(base_url)

    async def close(self) -> None:
        await self._tokens.close()
        await self._http.aclose()

    async def get(self, path: str, query: Mapping[str, str | int] | None = None) -> Any:
        return await self._call("GET", path, params=query)

    async def post(self, path: str, body: Mapping[str, Any]) -> Any:
        return await self._call("POST", path, json=body)

    async def upload(self, path: str, name: str, data: bytes, mime: str) -> Any:
        return await self._call("POST", path, files={"file": (name, data, mime)})

    async def _call(self, method: str, path: str, **how: Any) -> Any:
        token = await self._tokens.current()
        code, data = await self._once(method, path, token, how)
        if code in TOKEN_REFUSED:
            token = await self._tokens.renewed(token)
            code, data = await self._once(method, path, token, how)
        if code:
            raise send_error(code)
        return data

    async def _once(
        self, method: str, path: str, token: str, how: Mapping[str, Any]
    ) -> tuple[int, Any]:
        """The code and the data of an answer."""
        try:
            answer = await self._http.request(method, path, headers={"access_token": token}, **how)
        except httpx.HTTPError as error:
            raise failed(error) from None
        if ill := refused_status(answer.status_code):
            raise ill
        try:
            body = answer.json()
            return int(body["error"]), body.get("data")
        except (ValueError, TypeError, KeyError, AttributeError):
            raise Lost("the answer cannot be read") from None
