"""Checks of the messenger accounts: whether they answer, how they listen, what waits for them."""

import re
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from domain.channel import AccountLost, SendError
from loa.checkup.finding import Finding, good, warning, wrong
from loa.reach import reach
from loa.settings import AccountSettings
from storage import chats, deliveries, units

LONG_WAIT = timedelta(minutes=5)
"""What has waited longer is not waiting for its turn: nobody sends."""

_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
"""What Telegram takes as a webhook's secret: https://core.telegram.org/bots/api#setwebhook"""


async def check_account(
    account: AccountSettings, environ: Mapping[str, str]
) -> AsyncIterator[Finding]:
    """What can be seen without the database: the token, the platform, and how updates come."""
    token = environ.get(account.token_env, "")
    if not token:
        yield warning("account_silent", account=account)
        return
    try:
        can = await reach(account, token)
    except AccountLost as error:
        yield wrong("account_refused", account=account, error=str(error))
    except SendError as error:
        yield wrong("account_unreached", account=account, error=str(error))
    else:
        yield good("account", account=account, name=can.name)
        if not can.hears_all:
            yield warning("account_deaf", account=account, name=can.name)
    yield check_receiving(account, environ)


def check_receiving(account: AccountSettings, environ: Mapping[str, str]) -> Finding:
    if account.receive == "polling":
        return good("polling", account=account)
    fits = _SECRET.fullmatch(environ.get(account.secret_env, ""))
    return good("webhook", account=account) if fits else wrong("webhook_open", account=account)


@dataclass(frozen=True, slots=True)
class Kept:
    """What the database knows of an account."""

    lost_because: str | None
    unit_known: bool
    waiting: int
    since: datetime | None


def read_kept(c: Connection, account: AccountSettings) -> Kept:
    states = {each.id: each for each in chats.accounts(c)}
    state = states.get(account.id)
    return Kept(
        state.lost_because if state else None,
        not account.unit or units.by_code(c, account.unit) is not None,
        deliveries.count_waiting(c, account.id),
        chats.waiting_since(c, account.id),
    )


def check_kept(account: AccountSettings, kept: Kept, now: datetime) -> Iterator[Finding]:
    """What the database says against an account, and what waits to go out by it."""
    if kept.lost_because:
        yield wrong("account_paused", account=account, reason=kept.lost_because)
    if not kept.unit_known:
        yield warning("account_unit", account=account)
    if kept.since is None:
        yield good("nothing_waits", account=account)
    elif now - kept.since < LONG_WAIT:
        yield good("waiting", account=account, count=kept.waiting, since=kept.since)
    else:
        yield warning("stuck", account=account, count=kept.waiting, since=kept.since)
