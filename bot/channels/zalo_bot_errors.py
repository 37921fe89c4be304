"""What the failures of Zalo's Bot Platform mean for the one who sends.

Codes: https://bot.zaloplatforms.com/docs (400, 401, 403, 404, 408, 426, 429). They stand in the
body; HTTP's status is sometimes the same number, and sometimes 200.
"""

from typing import Any

import httpx

from bot.channels.http import UNREACHABLE_SECONDS, refused_status
from domain.channel import AccountLost, Lost, QuotaSpent, Refused, SendError, TryLater

IDLE = 408
MAX_WORDS = 300


def result_of(answer: httpx.Response) -> Any:
    """The result of a call; raises a `SendError`."""
    try:
        body = answer.json()
    except ValueError:
        body = None
    if not isinstance(body, dict) or "ok" not in body:
        raise refused_status(answer.status_code) or Lost("the answer cannot be read")
    if body["ok"] is True:
        return body.get("result")
    code = body.get("error_code")
    words = str(body.get("description") or "")[:MAX_WORDS]
    raise send_error(code if isinstance(code, int) else answer.status_code, words)


def send_error(code: int, words: str) -> SendError:
    """What a code means."""
    reason = f"{words or 'no words'} ({code})"
    match code:
        case 401:
            return AccountLost(reason)
        case 403:  # the platform's number for a fault of its own
            return TryLater(reason, UNREACHABLE_SECONDS)
        case 404:
            return Refused(reason, gone=True)
        case 408:
            return Lost(reason)
        case 429:
            return QuotaSpent(reason)
        case code if code >= 500:
            return refused_status(code) or Lost(reason)
        case _:
            return Refused(reason)


def is_idle(answer: httpx.Response) -> bool:
    """Whether a poll ended because there was nothing: no error, by HTTP 408 or 200."""
    try:
        body = answer.json()
    except ValueError:
        return answer.status_code == IDLE
    return isinstance(body, dict) and body.get("error_code") == IDLE
