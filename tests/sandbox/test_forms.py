"""An urlencoded body is read as the standard library reads it, only faster."""

from urllib.parse import parse_qsl, urlencode

import pytest

from sandbox.telegram.routes import _pairs


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
