"""The demonstration's accounts: a bot on Telegram, and a commune and a village on Zalo."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import aiohttp

from bot.channels.zalo_oa_updates import group_chat
from loa.channels import SECRET_KEY
from loa.settings_accounts import AccountSettings
from sandbox.serve import Running
from sandbox.zalo_bot import names
from sandbox.zalo_oa import ids
from storage import tokens
from storage.seal import Seal
from storage.store import Store
from storage.tokens import Pair

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Line:
    """An account and the bot that it is in the sandbox.

    It serves the `unit` of that code with all below it; without one everybody else. `person` and
    `group` give what the messenger calls a person and a group of the sandbox.
    """

    account: str
    messenger: str
    name: str
    unit: str
    person: Callable[[int], str]
    group: Callable[[str], str]

    @property
    def bot(self) -> str:
        """The bot's username."""
        return f"loa_demo_{'bot' if self.messenger == 'telegram' else self.messenger}"

    @property
    def token_env(self) -> str:
        return f"LOA_DEMO_{self.messenger.upper()}"

    @property
    def secret_env(self) -> str:
        return f"{self.token_env}_SECRET"


TELEGRAM = Line("sandbox", "telegram", "Loa", "", str, str)
ZALO_OA = Line(
    "zalo-oa",
    "zalo_oa",
    "Loa OA",
    "02536",
    ids.user_id,
    lambda chat: group_chat(ids.group_id(chat)),
)
ZALO_BOT = Line("zalo-bot", "zalo_bot", "Bot Loa", "02545-01", names.of_person, names.of_group)
LINES = (ZALO_OA, ZALO_BOT, TELEGRAM)


@dataclass(frozen=True, slots=True)
class Opened:
    """The accounts as settings, and the environment with all their secrets."""

    accounts: tuple[AccountSettings, ...]
    environ: Mapping[str, str] = field(repr=False)


async def post(url: str, act: str, body: Json) -> Json:
    """An act of the control API of the sandbox at `url`."""
    async with (
        aiohttp.ClientSession(raise_for_status=True) as http,
        http.post(f"{url}/sandbox/{act}", json=body) as answer,
    ):
        found: Json = await answer.json()
        return found


async def open_lines(messenger: Running, door: str, environ: Mapping[str, str]) -> Opened:
    """Make the bots. The sandbox makes their tokens and remembers them; the rest follows of those.

    `door` is the address of Loa's own web door.
    """
    made = {line.account: await _bot(messenger.url, line) for line in LINES}
    hook = f"{door}/hook/zalo-oa/{ZALO_OA.account}"
    console = await post(messenger.url, "zalo_oa", {"bot": ZALO_OA.bot, "webhook": hook})
    secrets = {
        TELEGRAM.token_env: made[TELEGRAM.account],
        ZALO_BOT.token_env: made[ZALO_BOT.account],
        ZALO_OA.token_env: console["app_secret"],
        ZALO_OA.secret_env: console["secret"],
        SECRET_KEY: made[ZALO_OA.account],
    }
    return Opened(_accounts(messenger, console["app_id"]), {**secrets, **environ})


async def _bot(url: str, line: Line) -> str:
    """The bot's token."""
    new = {"username": line.bot, "name": line.name, "messenger": line.messenger, "reads_all": True}
    token: str = (await post(url, "bots", {"key": line.bot, **new}))["token"]
    return token


def _accounts(messenger: Running, app_id: str) -> tuple[AccountSettings, ...]:
    each: dict[str, Json] = {
        TELEGRAM.account: {"base_url": messenger.url, "per_second": 200},
        ZALO_BOT.account: {"base_url": messenger.zalo_bot, "name": ZALO_BOT.name},
        ZALO_OA.account: {
            "base_url": messenger.zalo_oa,
            "oauth_url": messenger.zalo_oauth,
            "app_id": app_id,
            "app_secret_env": ZALO_OA.token_env,
            "token_env": "",
        },
    }
    return tuple(
        AccountSettings.model_validate(
            {
                "channel": line.messenger,
                "id": line.account,
                "unit": line.unit,
                "token_env": line.token_env,
                "secret_env": line.secret_env,
            }
            | each[line.account]
        )
        for line in LINES
    )


async def log_in(messenger: Running, opened: Opened, store: Store, now: datetime) -> None:
    """Keep a token pair of the Official Account, as `loa zalo login` does."""
    given = await post(messenger.url, "zalo_oa/tokens", {"bot": ZALO_OA.bot})
    ends = now + timedelta(seconds=int(given["expires_in"]))
    pair = Pair(given["access_token"], given["refresh_token"], ends)
    seal = Seal(opened.environ[SECRET_KEY])
    await store.write(tokens.keep, seal, ZALO_OA.account, pair, now)
