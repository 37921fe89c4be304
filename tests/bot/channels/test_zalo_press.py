"""Buttons that come back as text."""

import pytest

from bot.channels.zalo_press import Presses

PRESSES = Presses(b"k" * 32)
OTHER = Presses(b"o" * 32)


@pytest.mark.parametrize("action", ["acknowledge.got:7", "=12:y", "a\nb", "x" * 64])
def test_a_press_is_read_back(action: str) -> None:
    payload = PRESSES.payload("86", action)
    assert len(payload) <= 1000
    assert PRESSES.read("86", payload) == action


@pytest.mark.parametrize(
    "text",
    [
        "",
        "xin chào",
        "acknowledge.got:7",
        "loa:acknowledge.got:7",
        "loa:0123456789abcdef:acknowledge.got:7",
        OTHER.payload("86", "acknowledge.got:7"),
        PRESSES.payload("87", "acknowledge.got:7"),
        PRESSES.payload("86", "acknowledge.got:7") + "1",
        " " + PRESSES.payload("86", "acknowledge.got:7"),
    ],
)
def test_what_nobody_pressed_is_text(text: str) -> None:
    assert PRESSES.read("86", text) == ""


def test_the_key_is_not_shown() -> None:
    assert "kkk" not in repr(PRESSES)
