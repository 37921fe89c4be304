"""Checks of the messenger accounts: whether they answer, how they listen, what waits for them."""

import re
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from domain.broadcast import Priority
from domain.channel import AccountLost, SendError
from domain.quota import WARNED_AT, percent
from loa.channels import Means, missing
from loa.checkup.finding import Finding, good, warning, wrong
from loa.reach import reach
from loa.settings_accounts import AccountSettings
from storage import quotas, tokens, units
from storage.figures import Figures, Queue
from storage.quotas import Budget
from storage.tokens import TokenState

LONG_WAIT = timedelta(minutes=5)
"""What has waited longer is not waiting for its turn: nobody sends."""

_SECRETS = {
    "telegram": re.compile(r"[A-Za-z0-9_-]{1,256}"),
    "zalo_bot": re.compile(r"[!-~]{8,256}"),
    "zalo_oa": re.compile(r".+"),
}
"""What the messengers take as a webhook's secret: https://core.telegram.org/bots/api#setwebhook,
https://bot.zaloplatforms.com/docs; an Official Account's is the platform's own."""


async def check_account(account: AccountSettings, means: Means) -> AsyncIterator[Finding]:
    """Whether it has its secrets, whether the platform takes it, and how updates come."""
    if names := missing(account, means.environ):
        yield warning("account_silent", account=account, names=names)
        return
    try:
        can = await reach(account, means)
    except AccountLost as error:
        yield wrong("account_refused", account=account, error=str(error))
    except SendError as error:
        yield wrong("account_unreached", account=account, error=str(error))
    else:
        yield good("account", account=account, name=can.name)
        if not can.hears_all:
            yield warning("account_deaf", account=account, name=can.name)
    yield check_receiving(account, means.environ)


def check_receiving(account: AccountSettings, environ: Mapping[str, str]) -> Finding:
    if account.receive == "polling":
        return good("polling", account=account)
    fits = _SECRETS[account.channel].fullmatch(environ.get(account.secret_env, ""))
    return good("webhook", account=account) if fits else wrong("webhook_open", account=account)


@dataclass(frozen=True, slots=True)
class Kept:
    """What the database knows of an account alone; `token` is that of an Official Account."""

    unit_known: bool
    budget: Budget | None
    token: TokenState | None


def read_kept(c: Connection, account: AccountSettings, month: date) -> Kept:
    return Kept(
        not account.unit or units.by_code(c, account.unit) is not None,
        next(iter(quotas.budgets(c, month, account.id)), None),
        tokens.state(c, account.id),
    )


def check_kept(account: AccountSettings, kept: Kept) -> Iterator[Finding]:
    """What the database says against an account."""
    if not kept.unit_known:
        yield warning("account_unit", account=account)
    if kept.budget:
        yield from _check_budget(account, kept.budget)
    if kept.token and not kept.token.lost_because:
        yield good("token", account=account, token=kept.token)


def check_figures(account: AccountSettings, figures: Figures, now: datetime) -> Iterator[Finding]:
    """Whether the platform takes the account, and what waits to go out by it and to be worked."""
    for state in figures.accounts:
        if state.id == account.id and state.lost_because:
            yield wrong("account_paused", account=account, reason=state.lost_because)
    yield _check_queues(account, figures.queued(account.id), now)
    for inbox in figures.inboxes:
        if inbox.account == account.id and now - inbox.since >= LONG_WAIT:
            yield warning("unworked", account=account, count=inbox.count, since=inbox.since)


def _check_queues(account: AccountSettings, queues: Sequence[Queue], now: datetime) -> Finding:
    """What is not urgent may rest for a night, or go out for an hour."""
    if not queues:
        return good("nothing_waits", account=account)
    hurried = [each.since for each in queues if each.priority <= Priority.URGENT]
    bulk = sum(each.count for each in queues if each.priority > Priority.URGENT)
    count, since = sum(each.count for each in queues), min(each.since for each in queues)
    told = {"account": account, "count": count, "bulk": bulk, "since": since}
    stuck = any(now - each >= LONG_WAIT for each in hurried)
    return warning("stuck", **told) if stuck else good("waiting", **told)


def _check_budget(account: AccountSettings, budget: Budget) -> Iterator[Finding]:
    """How much of the month's messages is used, as we count them and as the platform says."""
    for total, used, told_at in budget.counts():
        share = percent(used, total)
        said = {"used": used, "total": total, "share": share, "told_at": told_at}
        if share < WARNED_AT:
            yield good("quota", account=account, **said)
        else:
            yield warning("quota", account=account, **said)
