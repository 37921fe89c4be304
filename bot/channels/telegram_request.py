"""How python-telegram-bot reaches the Bot API: over aiohttp, each request once.

A token is part of every address, so nothing here repeats an address or an error that holds one.
"""

import json
from typing import Any

import aiohttp
from telegram.error import NetworkError, TelegramError
from telegram.request import BaseRequest, RequestData

CONNECTIONS = 256
"""Enough for 1,000 messages a second where an answer takes up to a quarter of a second."""

KEEP_SECONDS = 15.0
"""How long a connection waits for its next request: less than the platform keeps it, for a request
that meets its end has no answer."""

CONNECT_SECONDS, POOL_SECONDS, READ_SECONDS, WRITE_SECONDS = 10.0, 10.0, 30.0, 60.0

_BEFORE_SENDING = (
    aiohttp.ClientConnectorError,
    aiohttp.ClientHttpProxyError,
    aiohttp.ConnectionTimeoutError,
    aiohttp.InvalidURL,
)


class NotSent(NetworkError):
    """There was no connection: the platform has not heard of the request."""


class NoAnswer(NetworkError):
    """The request went out, and no answer came that can be read."""


class Failure(TelegramError):
    """The platform's answer that it did not do it.

    `code` is the HTTP status; `retry_after` is in seconds; `new_chat_id` is what the chat has
    become (https://core.telegram.org/bots/api#responseparameters).
    """

    def __init__(self, code: int, description: str, parameters: dict[str, Any]) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.retry_after = _seconds(parameters.get("retry_after"), 1.0)
        self.new_chat_id = str(parameters.get("migrate_to_chat_id") or "")


class AiohttpRequest(BaseRequest):
    """`proxies`: whether the environment's proxies (HTTPS_PROXY, NO_PROXY) are used."""

    def __init__(self, proxies: bool) -> None:
        self._proxies = proxies
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float:
        return READ_SECONDS

    async def initialize(self) -> None:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=CONNECTIONS, keepalive_timeout=KEEP_SECONDS),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"User-Agent": self.USER_AGENT},
                trust_env=self._proxies,
            )

    async def shutdown(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: object = BaseRequest.DEFAULT_NONE,
        write_timeout: object = BaseRequest.DEFAULT_NONE,
        connect_timeout: object = BaseRequest.DEFAULT_NONE,
        pool_timeout: object = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """The status and body of a good answer; raises NotSent, NoAnswer or Failure."""
        limits = _limits(read_timeout, write_timeout, connect_timeout, pool_timeout)
        return await self._exchange(method, url, limits, data=_form(request_data))

    async def post_json(self, url: str, body: bytes) -> Any:
        """The result of a method whose parameters are ready as JSON; raises like `do_request`.

        It is for what goes to many: the library encodes each message anew, and reads an answer of
        which only a number is wanted.
        """
        _, answer = await self._exchange("POST", url, _LIMITS, data=body, headers=_IS_JSON)
        return self.parse_json_payload(answer)["result"]

    async def _exchange(
        self, method: str, url: str, limits: aiohttp.ClientTimeout, **how: Any
    ) -> tuple[int, bytes]:
        status, body = await self._request(method, url, limits, **how)
        if not 200 <= status < 300:
            raise _failure(status, body)
        return status, body

    async def _request(
        self, method: str, url: str, limits: aiohttp.ClientTimeout, **how: Any
    ) -> tuple[int, bytes]:
        assert self._session is not None
        try:
            async with self._session.request(
                method, url, timeout=limits, allow_redirects=False, **how
            ) as response:
                return response.status, await response.read()
        except _BEFORE_SENDING as error:
            failure: TelegramError = NotSent(f"no connection: {type(error).__name__}")
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            failure = NoAnswer(f"no answer: {type(error).__name__}")
        # Raised out here so that it does not carry the client's own error, which has the address.
        raise failure

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """The Bot API's answer. The library's own version logs what it cannot read."""
        answer = _object(payload)
        if "result" not in answer:
            raise NoAnswer("no answer: it is not the Bot API's")
        return answer


def _seconds(given: object, default: float) -> float:
    return float(given) if isinstance(given, int | float) else default


def _limits(read: object, write: object, connect: object, pool: object) -> aiohttp.ClientTimeout:
    connecting = _seconds(connect, CONNECT_SECONDS)
    until_connected = connecting + _seconds(pool, POOL_SECONDS)
    reading = _seconds(read, READ_SECONDS)
    return aiohttp.ClientTimeout(
        total=until_connected + _seconds(write, WRITE_SECONDS) + reading,
        connect=until_connected,
        sock_connect=connecting,
        sock_read=reading,
    )


_LIMITS = _limits(None, None, None, None)
_IS_JSON = {"Content-Type": "application/json"}


def _form(data: RequestData | None) -> aiohttp.FormData | None:
    if data is None:
        return None
    # Telegram reads names of files as UTF-8 and does not undo percent signs.
    form = aiohttp.FormData(data.json_parameters, quote_fields=False)
    for name, (filename, content, mime) in data.multipart_data.items():
        form.add_field(name, content, filename=filename, content_type=mime)
    return form


def _failure(status: int, body: bytes) -> Failure:
    answer = _object(body)
    parameters = answer.get("parameters")
    return Failure(
        status,
        str(answer.get("description") or f"HTTP {status}")[:300],
        parameters if isinstance(parameters, dict) else {},
    )


def _object(body: bytes) -> dict[str, Any]:
    """A JSON object; an empty one when the body is something else."""
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return answer if isinstance(answer, dict) else {}
