"""The kinds of messenger: how an account of each is opened, and how its webhooks are let in."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.channels import telegram_updates, zalo_bot_updates, zalo_oa_updates
from bot.channels.telegram import TelegramChannel
from bot.channels.zalo_bot import ZaloBotChannel
from bot.channels.zalo_oa import ZaloOaChannel
from bot.channels.zalo_oauth import OauthClient
from bot.channels.zalo_tokens import KeptTokens
from bot.receive import Source
from bot.road import Clock
from domain.channel import TryLater
from loa.settings_accounts import AccountSettings
from storage.seal import Seal
from storage.store import Store
from web.app import Door
from web.proof import TELEGRAM_SECRET, ZALO_BOT_SECRET, Proof, by_secret, by_signature

SECRET_KEY = "LOA_SECRET_KEY"
"""The environment variable of the installation's own secret: it seals tokens and signs links."""
METRICS_TOKEN = "LOA_METRICS_TOKEN"
"""The environment variable of the token by which Prometheus reads /metrics."""


@dataclass(frozen=True, slots=True)
class Means:
    """What opening a channel takes besides its settings; the store only where tokens are kept."""

    environ: Mapping[str, str]
    store: Store | None
    clock: Clock


@dataclass(frozen=True, slots=True)
class Kind:
    """`path` is its part of a webhook's address, `secrets` name the environment that it needs."""

    path: str
    secrets: Callable[[AccountSettings], Sequence[str]]
    open: Callable[[AccountSettings, Means], Awaitable[Source]]
    proof: Callable[[AccountSettings, str, Clock], Proof]
    key_of: Callable[[object], str]


async def _telegram(account: AccountSettings, means: Means) -> Source:
    token, paid = means.environ[account.token_env], account.paid_broadcast
    return await TelegramChannel.open(
        account.id, token, account.base_url, account.per_second, paid=paid
    )


async def _zalo_bot(account: AccountSettings, means: Means) -> Source:
    token = means.environ[account.token_env]
    channel = await ZaloBotChannel.open(
        account.id, token, account.base_url, account.per_second, account.name
    )
    counts_inbound = account.counts_inbound
    channel.capabilities = replace(channel.capabilities, counts_inbound=counts_inbound)
    return channel


async def _zalo_oa(account: AccountSettings, means: Means) -> Source:
    if means.store is None:
        raise TryLater("its tokens are in the database, which is out of reach")
    seal = Seal(means.environ[SECRET_KEY])
    app_secret = means.environ[account.app_secret_env]
    oauth = OauthClient(account.oauth_url, account.app_id, app_secret, means.clock)
    tokens = KeptTokens(account.id, oauth, means.store, seal, means.clock)
    return await ZaloOaChannel.open(
        account.id, tokens, account.base_url, account.per_second, press_key=seal.key("press")
    )


KINDS: Mapping[str, Kind] = {
    "telegram": Kind(
        "telegram",
        lambda account: [account.token_env],
        _telegram,
        lambda account, secret, clock: by_secret(TELEGRAM_SECRET, secret),
        telegram_updates.key_of,
    ),
    "zalo_bot": Kind(
        "zalo-bot",
        lambda account: [account.token_env],
        _zalo_bot,
        lambda account, secret, clock: by_secret(ZALO_BOT_SECRET, secret),
        zalo_bot_updates.key_of,
    ),
    "zalo_oa": Kind(
        "zalo-oa",
        lambda account: [account.app_secret_env, SECRET_KEY],
        _zalo_oa,
        lambda account, secret, clock: by_signature(account.app_id, secret, clock),
        zalo_oa_updates.key_of,
    ),
}


def missing(account: AccountSettings, environ: Mapping[str, str]) -> list[str]:
    """The environment variables without which an account stays silent, that are not set."""
    needed = [*KINDS[account.channel].secrets(account)]
    if account.receive == "webhook":
        needed.append(account.secret_env)
    return [name for name in needed if not environ.get(name)]


def path_of(account: AccountSettings) -> str:
    """The last parts of the address at which an account's webhooks come in."""
    return f"{KINDS[account.channel].path}/{account.id}"


def door_of(account: AccountSettings, means: Means) -> Door:
    """The door of an account whose updates come by webhook."""
    kind, secret = KINDS[account.channel], means.environ[account.secret_env]
    return Door(kind.proof(account, secret, means.clock), kind.key_of, asyncio.Event())


async def open_channel(account: AccountSettings, means: Means) -> Source:
    """The account's channel; raises a `SendError`."""
    return await KINDS[account.channel].open(account, means)
