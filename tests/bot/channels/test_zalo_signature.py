"""The signature of webhooks, against hashlib."""

import hashlib
import json

import pytest

from bot.channels.zalo_signature import signed

APP, SECRET = "360846524940903967", "the OA's secret key"
BODY = '{"event_name":"user_send_text", "message":{"text":"Xin chào"},"timestamp":"154390853474"}'


def mac(text: str, timestamp: str, app_id: str = APP, secret: str = SECRET) -> str:
    return hashlib.sha256(f"{app_id}{text}{timestamp}{secret}".encode()).hexdigest()


@pytest.mark.parametrize("prefix", ["", "mac="])
@pytest.mark.parametrize("body", [BODY, BODY.replace('"154390853474"', "154390853474")])
def test_the_platforms_signature_is_taken(prefix: str, body: str) -> None:
    assert signed(body.encode(), prefix + mac(body, "154390853474"), APP, SECRET)


def test_it_is_that_of_the_bytes_as_they_came() -> None:
    rewritten = json.dumps(json.loads(BODY))
    assert not signed(BODY.encode(), mac(rewritten, "154390853474"), APP, SECRET)


@pytest.mark.parametrize(
    ("body", "header"),
    [
        (BODY, ""),
        (BODY, "mac="),
        (BODY, "mac=ü"),
        (BODY, mac(BODY, "154390853475")),
        (BODY, mac(BODY, "154390853474", secret="app secret")),
        (BODY, mac(BODY, "154390853474", app_id="1")),
        (BODY + " ", mac(BODY, "154390853474")),
        ("", mac("", "")),
        ("[]", mac("[]", "")),
        ("null", mac("null", "")),
        ('{"a":1}', mac('{"a":1}', "")),
        ('{"timestamp":"\\ud83d"}', "mac="),
        ("[" * 100_000, mac("[" * 100_000, "")),
    ],
)
def test_any_other_is_refused(body: str, header: str) -> None:
    assert not signed(body.encode(), header, APP, SECRET)


def test_bytes_that_are_no_text_are_refused() -> None:
    assert not signed(b"\xff\xfe", "mac=", APP, SECRET)


def test_without_a_secret_nothing_is_genuine() -> None:
    assert not signed(BODY.encode(), mac(BODY, "154390853474", secret=""), APP, "")
