"""Every error code that is known of the platform."""

import re

import pytest

from bot.channels.zalo_oa_errors import ERRORS, FileForgotten, KindRefused, send_error
from domain.channel import (
    AccountLost,
    QuotaSpent,
    Refused,
    Scope,
    SendError,
    TryLater,
    WindowClosed,
)

KNOWN = """
    -32 -100 -201 -204 -205 -209 -210 -211 -212 -213 -216 -217 -218 -220 -221 -222 -224 -227 -230
    -233 -234 -237 -238 -240 -241 -242 -305 -311 -320 -321 -403
"""


def test_every_known_code_has_its_meaning() -> None:
    assert set(ERRORS) == set(map(int, KNOWN.split()))


@pytest.mark.parametrize(
    ("kind", "codes"),
    [
        (TryLater, "-32 -234"),
        (QuotaSpent, "-211 -320 -321"),
        (AccountLost, "-204 -205 -209 -212 -216 -220 -221 -224 -242"),
        (WindowClosed, "-218 -230 -305 -311"),
        (FileForgotten, "-100"),
        (KindRefused, "-233 -240"),
        (Refused, "-201 -210 -213 -217 -222 -227 -237 -238 -241 -403 -9999 1"),
    ],
)
def test_a_code_means(kind: type[SendError], codes: str) -> None:
    for code in map(int, codes.split()):
        error = send_error(code)
        assert type(error) is kind
        assert re.fullmatch(rf".+ \({code}\)", error.reason)


@pytest.mark.parametrize("code", [-213, -222, -227, -237, -403])
def test_a_chat_is_gone(code: int) -> None:
    error = send_error(code)
    assert isinstance(error, Refused)
    assert error.gone


@pytest.mark.parametrize("code", [-201, -217, -233, -230, -9999])
def test_only_this_message_is_refused(code: int) -> None:
    error = send_error(code)
    assert isinstance(error, Refused)
    assert not error.gone


@pytest.mark.parametrize(
    ("code", "scope"), [(-32, Scope.ACCOUNT), (-211, Scope.ACCOUNT), (-234, Scope.CHAT)]
)
def test_who_waits(code: int, scope: Scope) -> None:
    error = send_error(code)
    assert isinstance(error, TryLater)
    assert (error.scope, error.after > 0) == (scope, True)
