"""How a messenger shows that a webhook's body is its own."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hmac import compare_digest

from starlette.datastructures import Headers

from bot.channels.zalo_signature import signed

TELEGRAM_SECRET = "X-Telegram-Bot-Api-Secret-Token"
"""https://core.telegram.org/bots/api#setwebhook"""
ZALO_BOT_SECRET = "X-Bot-Api-Secret-Token"
"""https://bot.zaloplatforms.com/docs/webhook"""
ZALO_SIGNATURE = "X-ZEvent-Signature"
"""https://developers.zalo.me/docs/official-account/webhook/tong-quan"""

OLDEST = timedelta(days=2)
"""Zalo repeats an event for two hours; an older one was kept by somebody and is played again."""

Proof = Callable[[Headers, bytes], bool]
"""Whether a body as it came, with its headers, is the messenger's."""


def by_secret(header: str, secret: str) -> Proof:
    """The messenger brings the secret in a header. Raises ValueError for an empty secret."""
    _check(secret)

    def proof(headers: Headers, body: bytes) -> bool:
        given = headers.get(header)
        # Headers are decoded as Latin-1, which gives back their very bytes.
        return given is not None and compare_digest(given.encode("latin-1"), secret.encode())

    return proof


def by_signature(app_id: str, secret: str, clock: Callable[[], datetime]) -> Proof:
    """The messenger signs the body with the secret. Raises ValueError for an empty secret."""
    _check(secret)

    def proof(headers: Headers, body: bytes) -> bool:
        genuine = signed(body, headers.get(ZALO_SIGNATURE, ""), app_id, secret)
        return genuine and clock() - _sent_at(body) < OLDEST

    return proof


def _sent_at(body: bytes) -> datetime:
    """When a signed body was made; long ago where it does not say."""
    try:
        return datetime.fromtimestamp(int(json.loads(body)["timestamp"]) / 1000, UTC)
    except (ValueError, TypeError, OverflowError, OSError):
        return datetime.min.replace(tzinfo=UTC)


def _check(secret: str) -> None:
    if not secret:
        raise ValueError("a door without a secret is open to everybody")
