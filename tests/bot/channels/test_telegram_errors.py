"""What each answer of the platform means, and that none of them tells the token."""

import asyncio
import logging
import traceback
from collections.abc import Awaitable, Callable

import pytest

from bot.channels.telegram import TelegramChannel
from bot.channels.telegram_errors import FloodLimits
from domain.channel import (
    AccountLost,
    ChatMoved,
    Content,
    Lost,
    Refused,
    Scope,
    SendError,
    TryLater,
)
from domain.message import FileIn, FileKind
from tests.bot.channels.fake_telegram import SECRET_TOKEN, Fake

HELLO = Content("Xin chào")


def _says(code: int, description: str, **parameters: object) -> tuple[int, object]:
    body: dict[str, object] = {"ok": False, "error_code": code, "description": description}
    return code, body | ({"parameters": parameters} if parameters else {})


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (
            _says(429, "Too Many Requests: retry after 17", retry_after=17),
            TryLater("Too Many Requests: retry after 17", 17.0, Scope.CHAT),
        ),
        (_says(429, "Too Many Requests"), TryLater("Too Many Requests", 1.0, Scope.CHAT)),
        (
            _says(400, "Bad Request: group chat was upgraded", migrate_to_chat_id=-1004),
            ChatMoved("Bad Request: group chat was upgraded", "-1004"),
        ),
        (
            _says(403, "Forbidden: bot was blocked by the user"),
            Refused("Forbidden: bot was blocked by the user", gone=True),
        ),
        (
            _says(403, "Forbidden: user is deactivated"),
            Refused("Forbidden: user is deactivated", gone=True),
        ),
        (
            _says(400, "Bad Request: chat not found"),
            Refused("Bad Request: chat not found", gone=True),
        ),
        (
            _says(400, "Bad Request: group chat was deactivated"),
            Refused("Bad Request: group chat was deactivated", gone=True),
        ),
        (
            _says(400, "Bad Request: not enough rights to send text messages to the chat"),
            Refused("Bad Request: not enough rights to send text messages to the chat", gone=True),
        ),
        (
            _says(400, "Bad Request: CHAT_WRITE_FORBIDDEN"),
            Refused("Bad Request: CHAT_WRITE_FORBIDDEN", gone=True),
        ),
        (
            _says(400, "Bad Request: not enough rights to send documents to the chat"),
            Refused("Bad Request: not enough rights to send documents to the chat"),
        ),
        (
            _says(400, "Bad Request: can't parse entities"),
            Refused("Bad Request: can't parse entities"),
        ),
        (_says(413, "Request Entity Too Large"), Refused("Request Entity Too Large")),
        (_says(401, "Unauthorized"), AccountLost("Unauthorized")),
        (_says(404, "Not Found"), AccountLost("Not Found")),
        (
            _says(500, "Internal Server Error"),
            TryLater("Internal Server Error", 5.0, Scope.CHAT),
        ),
        ((502, "<html>Bad Gateway</html>"), TryLater("HTTP 502", 5.0, Scope.ACCOUNT)),
        ((504, "<html>Gateway Timeout</html>"), Lost("HTTP 504")),
        ((302, ""), TryLater("HTTP 302", 5.0, Scope.ACCOUNT)),
        ((403, ["not", "an", "object"]), Refused("HTTP 403", gone=True)),
        ((400, {"parameters": "odd"}), Refused("HTTP 400")),
        ((429, {"parameters": {"retry_after": "soon"}}), TryLater("HTTP 429", 1.0, Scope.CHAT)),
        ((200, "<html>Log in to the network</html>"), Lost("no answer: it is not the Bot API's")),
        ((200, {"ok": True}), Lost("no answer: it is not the Bot API's")),
        ((200, {"ok": True, "result": []}), Lost("the answer cannot be read: TypeError")),
        ((0, ""), Lost("no answer: ServerDisconnectedError")),
    ],
)
async def test_an_answer_means(fake: Fake, answer: tuple[int, object], expected: SendError) -> None:
    channel = await fake.channel()
    fake.status, fake.body = answer
    try:
        with pytest.raises(type(expected)) as raised:
            await channel.send("-4001", HELLO)
    finally:
        await channel.close()
    assert raised.value == expected


async def test_a_second_chat_that_is_refused_means_the_account(fake: Fake) -> None:
    channel = await fake.channel()
    fake.status, fake.body = _says(429, "Too Many Requests", retry_after=17)
    scopes = []
    for chat in ("-1", "-1", "-2", "-3"):
        with pytest.raises(TryLater) as later:
            await channel.send(chat, HELLO)
        scopes.append(later.value.scope)
    await channel.close()
    assert scopes == [Scope.CHAT, Scope.CHAT, Scope.ACCOUNT, Scope.ACCOUNT]


def test_a_limit_that_is_over_says_nothing_of_the_next() -> None:
    time = [100.0]
    limits = FloodLimits(lambda: time[0])
    assert limits.scope("-1", 10) is Scope.CHAT
    time[0] = 110.0
    assert limits.scope("-2", 10) is Scope.CHAT
    assert limits.scope("", 10) is Scope.ACCOUNT


async def test_a_file_that_is_gone_is_not_an_account_that_is_lost(fake: Fake) -> None:
    channel = await fake.channel()
    found = {"file_id": "a", "file_unique_id": "a", "file_path": "documents/1.pdf"}
    fake.body = {"ok": True, "result": found}
    fake.failing = "/file/"
    fake.failure = _says(404, "Not Found")
    with pytest.raises(Refused, match="no longer there"):
        await channel.fetch(FileIn(FileKind.DOCUMENT, "a"))
    fake.failure = _says(502, "Bad Gateway")
    with pytest.raises(TryLater):
        await channel.fetch(FileIn(FileKind.DOCUMENT, "a"))
    await channel.close()


async def test_a_bigger_file_than_was_told_is_refused(fake: Fake) -> None:
    channel = await fake.channel()
    size = 20 * 1024 * 1024 + 1
    found = {"file_id": "a", "file_unique_id": "a", "file_path": "a.pdf", "file_size": size}
    fake.body = {"ok": True, "result": found}
    with pytest.raises(Refused, match=f"{size} bytes is over the limit"):
        await channel.fetch(FileIn(FileKind.DOCUMENT, "a", size=10))
    await channel.close()


@pytest.mark.parametrize("result", [{}, {"update_id": 1}, [1], ["a"], [{"message": {}}], True])
async def test_updates_that_are_none_are_not_handed_on(fake: Fake, result: object) -> None:
    channel = await fake.channel()
    fake.body = {"ok": True, "result": result}
    try:
        if result == {}:
            assert await channel.updates(None, 0) == []
        else:
            with pytest.raises(Lost):
                await channel.updates(None, 0)
    finally:
        await channel.close()


@pytest.mark.parametrize("status", [0, 200, 302, 400, 401, 404, 429, 502])
async def test_the_token_is_told_to_nobody(
    fake: Fake, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    channel = await fake.channel()
    fake.status, fake.body = status, f"no such path: /bot{SECRET_TOKEN}/sendMessage"
    calls: list[Callable[[], Awaitable[object]]] = [
        lambda: channel.send("-1", HELLO),
        lambda: channel.edit("-1", "5", HELLO),
        lambda: channel.fetch(FileIn(FileKind.DOCUMENT, "a")),
        lambda: channel.updates(None, 0),
        lambda: channel.set_webhook("https://loa.example/hook", "s3cret"),
        lambda: channel.delete_webhook(),
        lambda: channel.set_commands([("hoi", "Hỏi")]),
    ]
    told = [await _told(call) for call in calls]
    await channel.notice("1", "Cảm ơn")
    await channel.close()
    told += [
        await _told(channel_of(url)) for url in ("http://127.0.0.1:1", "http://a b", "http://x:y")
    ]
    assert "secretsecret" not in "\n".join([*told, caplog.text, repr(channel), str(vars(Fake))])


def channel_of(url: str) -> Callable[[], Awaitable[TelegramChannel]]:
    return lambda: TelegramChannel.open("telegram", SECRET_TOKEN, url, 30)


async def _told(call: Callable[[], Awaitable[object]]) -> str:
    """All that can be read of the error that a call ends in."""
    try:
        await call()
    except SendError as error:
        chain: BaseException | None = error
        parts = traceback.format_exception(error)
        while chain is not None:
            parts += [str(chain), repr(chain)]
            chain = chain.__cause__ or chain.__context__
        return "\n".join(parts)
    raise AssertionError("the call went well")


async def test_a_call_that_is_given_up_ends_at_once(fake: Fake) -> None:
    channel = await fake.channel()
    fake.silent = asyncio.Event()
    call = asyncio.create_task(channel.updates(None, 30))
    await fake.silent.wait()
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    await channel.close()
