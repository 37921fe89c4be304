"""What the error codes of Zalo's Official Account API mean for the one who sends.

The platform answers HTTP 200 and a negative code. Its words change, so only codes are read. Codes:
https://developers.zalo.me/docs/official-account/phu-luc/ma-loi
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from domain.channel import (
    AccountLost,
    QuotaSpent,
    Refused,
    Scope,
    SendError,
    TryLater,
    WindowClosed,
)


@dataclass
class FileForgotten(Refused):
    """An upload's id no longer holds: the file has to be uploaded again."""


@dataclass
class KindRefused(Refused):
    """Messages of this kind are not taken: some sources say it of buttons."""


TOKEN_REFUSED = frozenset({-216, -220})
REST_SECONDS = 15.0
"""The limit is so many calls a minute."""
NIGHT_SECONDS = 3600.0

Meaning = Callable[[str], SendError]

_gone: Meaning = partial(Refused, gone=True)
_rest: Meaning = partial(TryLater, after=REST_SECONDS, scope=Scope.ACCOUNT)
_morning: Meaning = partial(TryLater, after=NIGHT_SECONDS)

ERRORS: Mapping[int, tuple[Meaning, str]] = {
    -32: (_rest, "too many calls in a minute"),
    -100: (FileForgotten, "the uploaded file has expired"),
    -201: (Refused, "a value is not valid"),
    -204: (AccountLost, "the Official Account was deleted"),
    -205: (AccountLost, "there is no such Official Account"),
    -209: (AccountLost, "the app is not active, or may not use this interface"),
    -210: (Refused, "a value is out of range"),
    -211: (QuotaSpent, "the quota is used up"),
    -212: (AccountLost, "the Official Account has not given the app this permission"),
    -213: (_gone, "the person does not follow the Official Account"),
    -216: (AccountLost, "the access token is not valid"),
    -217: (Refused, "the person takes no invitations"),
    -218: (WindowClosed, "this person may get no more messages now"),
    -220: (AccountLost, "the access token has expired"),
    -221: (AccountLost, "the Official Account is not verified"),
    -222: (_gone, "the person is locked or has not used Zalo for 45 days"),
    -224: (AccountLost, "the Official Account's package does not include this"),
    -227: (_gone, "the person is locked or has not used Zalo for 45 days"),
    -230: (WindowClosed, "the person has not written for 7 days"),
    -233: (KindRefused, "this kind of message is not supported"),
    -234: (_morning, "this kind of message is not sent at night"),
    -237: (_gone, "the group is disabled or has expired"),
    -238: (Refused, "the group package is in use already"),
    -240: (KindRefused, "this version of the interface is shut down"),
    -241: (Refused, "the group package is in use already"),
    -242: (AccountLost, "the proof of the app's secret is not valid"),
    -305: (WindowClosed, "the person has not written for 48 hours"),
    -311: (WindowClosed, "the answers to this person's messages are used up"),
    -320: (QuotaSpent, "the app is not linked to an account that pays"),
    -321: (QuotaSpent, "the account that pays has no money left"),
    -403: (_gone, "the Official Account is not in the group"),
}

OAUTH_SPENT = -14020
OAUTH_ERRORS: Mapping[int, str] = {
    -14002: "the app is not active",
    -14003: "the redirect address is not the one of the app's settings",
    -14004: "the app's secret is not valid",
    OAUTH_SPENT: "the refresh token was used before",
}
"""Why https://oauth.zaloapp.com gives no tokens."""


def send_error(code: int) -> SendError:
    """What a code means; one that nobody knows refuses this message only."""
    meaning, words = ERRORS.get(code, (Refused, "an error that is not documented"))
    return meaning(f"{words} ({code})")
