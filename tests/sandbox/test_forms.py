"""How bodies of requests are read."""

import asyncio
import logging
from urllib.parse import parse_qsl, urlencode

import pytest

from sandbox.bot_api.reading import _pairs
from tests.sandbox.stage import GROUP, TOKEN, Stage


@pytest.mark.parametrize(
    "body",
    [
        urlencode({"text": "Kế hoạch số 793 & 😀 + 100%", "chat_id": -4000000001}),
        "a=1&b=&c=x%20y+z&a=2",
        "lone=100%&half=%4&bad=%zz&broken=%ff",
        "",
        "no_value&=no_name&&x=1=2",
    ],
)
def test_a_form_is_read_as_the_standard_library_does(body: str) -> None:
    known = [(name, value) for name, value in parse_qsl(body, keep_blank_values=True) if name]
    assert list(_pairs(body.encode())) == known


@pytest.mark.parametrize("kind", ["application/json", "multipart/form-data; boundary=b"])
async def test_a_caller_that_dies_in_the_middle_of_its_request_leaves_no_trace(
    stage: Stage, caplog: pytest.LogCaptureFixture, kind: str
) -> None:
    host, port = stage.http.base_url.host, stage.http.base_url.port
    _, writer = await asyncio.open_connection(host, port)
    head = f"POST /bot{TOKEN}/sendMessage HTTP/1.1\r\nHost: {host}\r\n"
    writer.write(f"{head}Content-Type: {kind}\r\nContent-Length: 99\r\n\r\n--b".encode())
    await writer.drain()
    writer.close()
    await writer.wait_closed()
    assert await stage.call("sendMessage", chat_id=GROUP, text="a")
    assert not [each for each in caplog.records if each.levelno >= logging.ERROR]
