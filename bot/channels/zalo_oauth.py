"""OAuth v4 of Zalo's Official Accounts: consent with PKCE, and the token pairs that come of it.

https://developers.zalo.me/docs/official-account/bat-dau/xac-thuc-va-uy-quyen-cho-ung-dung-new
"""

import base64
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlencode

import httpx

from bot.channels.http import failed, open_client, refused_status
from bot.channels.zalo_oa_errors import OAUTH_ERRORS
from domain.channel import Lost
from storage.tokens import Pair

Clock = Callable[[], datetime]


@dataclass
class NoPair(Exception):
    """The platform gave no token pair; `code` is its error, 0 where the pair is not whole."""

    code: int

    def __str__(self) -> str:
        return f"{OAUTH_ERRORS.get(self.code, 'no token pair')} ({self.code})"


def verifier_of(key: bytes) -> str:
    """A PKCE verifier of 43 signs, for a key of 32 bytes.

    The console keeps one challenge for an app, so that an installation has one verifier.
    """
    return _base64url(key)


def challenge_of(verifier: str) -> str:
    """What the platform is told before it is shown the verifier: S256."""
    return _base64url(hashlib.sha256(verifier.encode()).digest())


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


@dataclass(frozen=True, slots=True)
class Consent:
    """What an Official Account's administrator is asked."""

    app_id: str
    redirect_uri: str
    challenge: str
    state: str

    def url(self, oauth_url: str) -> str:
        """The page on which they agree; it leads on to `redirect_uri`?code=…&oa_id=…&state=…"""
        query = {
            "app_id": self.app_id,
            "redirect_uri": self.redirect_uri,
            "code_challenge": self.challenge,
            "state": self.state,
        }
        return f"{oauth_url.rstrip('/')}/v4/oa/permission?{urlencode(query)}"


@dataclass(frozen=True, slots=True)
class OauthClient:
    """An app at the server that gives tokens."""

    oauth_url: str
    app_id: str
    app_secret: str = field(repr=False)
    clock: Clock

    async def exchange(self, code: str, verifier: str) -> Pair:
        """The first pair, for the code of a consent; raises NoPair or a `SendError`."""
        asked = {"code": code, "grant_type": "authorization_code", "code_verifier": verifier}
        return await self._ask(asked)

    async def refresh(self, refresh_token: str) -> Pair:
        """The next pair; the refresh token is spent by it. Raises NoPair or a `SendError`."""
        return await self._ask({"refresh_token": refresh_token, "grant_type": "refresh_token"})

    async def _ask(self, form: Mapping[str, str]) -> Pair:
        headers = {"secret_key": self.app_secret}
        try:
            async with open_client(self.oauth_url) as http:  # once a day
                answer = await http.post(
                    "/v4/oa/access_token", data={**form, "app_id": self.app_id}, headers=headers
                )
        except httpx.HTTPError as error:
            raise failed(error) from None
        if ill := refused_status(answer.status_code):
            raise ill
        return _read(answer, self.clock())


def _read(answer: httpx.Response, now: datetime) -> Pair:
    """The pair in an answer, whose numbers may be text."""
    try:
        body = answer.json()
        code = int(body.get("error", 0))
        access, refresh = body.get("access_token", ""), body.get("refresh_token", "")
        lifetime = timedelta(seconds=int(body.get("expires_in", 0)))
    except (ValueError, TypeError, AttributeError):
        raise Lost("the answer cannot be read") from None
    if code or not access or not refresh:
        raise NoPair(code)
    return Pair(str(access), str(refresh), now + lifetime)
