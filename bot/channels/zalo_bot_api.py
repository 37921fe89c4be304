"""Calls to Zalo's Bot Platform. The token is in the address, so nothing here repeats an address."""

import re
from typing import Any

import httpx

from bot.channels.http import ANSWER_SECONDS, CONNECT_SECONDS, failed, open_client
from bot.channels.zalo_bot_errors import result_of
from domain.channel import AccountLost

_TOKEN = re.compile(r"\d+:[\w-]+")


class BotApi:
    """The API of one bot."""

    def __init__(self, base_url: str, token: str) -> None:
        """Raises AccountLost for what cannot be a token."""
        if not _TOKEN.fullmatch(token):
            raise AccountLost("the account has no token that looks like one")
        self._path = f"/bot{token}"
        self._http = open_client(base_url)

    async def close(self) -> None:
        await self._http.aclose()

    async def call(self, method: str, **body: Any) -> Any:
        """The result of a method; raises a `SendError`."""
        return result_of(await self.ask(method, 0.0, **body))

    async def ask(self, method: str, wait_seconds: float, **body: Any) -> httpx.Response:
        """The answer of a method that may take so long by itself; raises a `SendError`."""
        timeout = httpx.Timeout(ANSWER_SECONDS + wait_seconds, connect=CONNECT_SECONDS)
        try:
            return await self._http.post(f"{self._path}/{method}", json=body, timeout=timeout)
        except httpx.HTTPError as error:
            failure = failed(error)
        raise failure  # out here, so that it does not carry the client's error
