"""Queries on the token pair of a Zalo Official Account.

Its refresh token can be spent once, by whichever process. So whoever renews takes a lease of the
row first, and the others wait for the pair that comes of it.
"""

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection, select, update

from domain.audit import Act
from storage import audit
from storage.rows import AnyRow, first_as
from storage.schema import account, oa_token
from storage.seal import BadSeal, Seal
from storage.upsert import insert_new, put

LEASE = timedelta(minutes=1)
"""How long one process has for a renewal; longer than it waits for the platform's answer."""

AHEAD = timedelta(hours=1)
"""How long before its end an access token is renewed; it holds for 25 hours."""

NEVER = "nobody has logged in: run loa zalo login"
UNREADABLE = "the pair was sealed with another LOA_SECRET_KEY: run loa zalo login"


@dataclass(frozen=True, slots=True)
class Pair:
    access: str = field(repr=False)
    refresh: str = field(repr=False)
    expires_at: datetime

    def fresh(self, now: datetime) -> bool:
        return self.expires_at - AHEAD > now


@dataclass(frozen=True, slots=True)
class Use:
    """The pair is good as it is."""

    pair: Pair


@dataclass(frozen=True, slots=True)
class Renew:
    """It is for this process to renew the pair. `unanswered`: an earlier try got no answer."""

    pair: Pair
    unanswered: bool


@dataclass(frozen=True, slots=True)
class Wait:
    """Another process renews the pair."""


@dataclass(frozen=True, slots=True)
class Gone:
    """There is no pair that can be used, and only a person can mend that."""

    why: str


def take(
    c: Connection, seal: Seal, account_id: str, holder: str, now: datetime, stale: str = ""
) -> Use | Renew | Wait | Gone:
    """The pair, unless its access token is `stale` or near its end: then whose turn it is."""
    row = c.execute(select(oa_token).where(oa_token.c.account_id == account_id)).first()
    if row is None or row.lost_because:
        return Gone(NEVER if row is None else row.lost_because)
    try:
        pair = _pair(seal, row)
    except BadSeal:
        return Gone(UNREADABLE)
    if pair.access != stale and pair.fresh(now):
        return Use(pair)
    if row.lease_until and row.lease_until > now and row.lease_holder != holder:
        return Wait()
    _set(c, account_id, lease_holder=holder, lease_until=now + LEASE, asked_at=now)
    return Renew(pair, row.asked_at is not None)


def keep(c: Connection, seal: Seal, account_id: str, pair: Pair, now: datetime) -> None:
    """From now on this is the account's pair; whatever was wrong before is over."""
    insert_new(c, account, id=account_id)
    values = {
        "sealed": seal.close(json.dumps([pair.access, pair.refresh])),
        "obtained_at": now,
        "expires_at": pair.expires_at,
        "lease_holder": None,
        "lease_until": None,
        "asked_at": None,
        "lost_because": None,
    }
    c.execute(put(c, oa_token, {"account_id": account_id}, values))


def agreed(c: Connection, seal: Seal, account_id: str, pair: Pair, now: datetime) -> None:
    """Keep the first pair of an account whose administrator has agreed."""
    keep(c, seal, account_id, pair, now)
    audit.note(c, Act.ACCOUNT_AGREED, account, account_id)


def give_back(c: Connection, account_id: str, holder: str, *, answered: bool) -> None:
    """The renewal failed; if it was `answered`, the refresh token is known to be unspent."""
    values = {"lease_holder": None, "lease_until": None} | ({"asked_at": None} if answered else {})
    mine = (oa_token.c.account_id == account_id) & (oa_token.c.lease_holder == holder)
    c.execute(update(oa_token).where(mine).values(**values))


def lose(c: Connection, account_id: str, holder: str, why: str) -> None:
    """The refresh token is spent and its successor unknown, unless somebody else has kept it."""
    mine = (oa_token.c.account_id == account_id) & (oa_token.c.lease_holder == holder)
    lost = {"lost_because": why, "lease_holder": None, "lease_until": None}
    c.execute(update(oa_token).where(mine).values(**lost))


@dataclass(frozen=True, slots=True)
class TokenState:
    """What can be told of an account's pair without opening it."""

    obtained_at: datetime
    expires_at: datetime
    lost_because: str | None


def state(c: Connection, account_id: str) -> TokenState | None:
    """How the account's pair stands; None where nobody has logged in."""
    columns = (oa_token.c.obtained_at, oa_token.c.expires_at, oa_token.c.lost_because)
    query = select(*columns).where(oa_token.c.account_id == account_id)
    return first_as(TokenState, c.execute(query))


def _pair(seal: Seal, row: AnyRow) -> Pair:
    access, refresh = json.loads(seal.open(row.sealed))
    return Pair(access, refresh, row.expires_at)


def _set(c: Connection, account_id: str, **values: object) -> None:
    c.execute(update(oa_token).where(oa_token.c.account_id == account_id).values(**values))
