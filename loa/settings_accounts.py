"""The settings of a messenger account: what each kind of account needs, and what it has not."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from loa.settings_file import Fault

Kind = Literal["telegram", "zalo_oa", "zalo_bot"]
Url = Annotated[str, Field(pattern="^(https?://.+)?$")]

DEFAULTS: Mapping[str, Mapping[str, Any]] = {
    "telegram": {
        "id": "telegram",
        "token_env": "LOA_TELEGRAM_TOKEN",
        "secret_env": "LOA_TELEGRAM_SECRET",
        "base_url": "https://api.telegram.org",
        "receive": "polling",
        "per_second": 30,
    },
    "zalo_oa": {
        "id": "zalo-oa",
        "app_secret_env": "LOA_ZALO_APP_SECRET",
        "secret_env": "LOA_ZALO_OA_SECRET",
        "base_url": "https://openapi.zalo.me",
        "oauth_url": "https://oauth.zaloapp.com",
        "receive": "webhook",
        "per_second": 1.5,
    },
    "zalo_bot": {
        "id": "zalo-bot",
        "token_env": "LOA_ZALO_BOT_TOKEN",
        "secret_env": "LOA_ZALO_BOT_SECRET",
        "base_url": "https://bot-api.zaloplatforms.com",
        "receive": "polling",
        "per_second": 1,
        "monthly_quota": 3000,
        "counts_inbound": True,
    },
}
"""What holds in an account of each kind, unless it says otherwise."""

NEEDED: Mapping[str, Sequence[str]] = {
    "telegram": ("token_env", "base_url"),
    "zalo_oa": ("app_id", "app_secret_env", "secret_env", "base_url", "oauth_url"),
    "zalo_bot": ("token_env", "base_url"),
}
ALIEN: Mapping[str, Sequence[str]] = {
    "telegram": ("app_id", "app_secret_env", "oauth_url", "name"),
    "zalo_oa": ("token_env", "name", "paid_broadcast"),
    "zalo_bot": ("app_id", "app_secret_env", "oauth_url", "paid_broadcast"),
}
"""The keys that mean nothing in an account of that kind."""


class AccountSettings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    id: Annotated[str, Field(pattern="^[a-z0-9_-]{1,40}$")] = "telegram"
    """A short name for the account, kept with its data: do not change it later."""
    channel: Kind = "telegram"
    """The messenger: telegram, zalo_oa (an Official Account) or zalo_bot (a bot of the Zalo Bot
    Platform)."""
    token_env: str = ""
    """The environment variable that holds the account's token; an Official Account has none."""
    app_id: Annotated[str, Field(pattern="^[0-9]{0,40}$")] = ""
    """Of an Official Account, the number of its app at developers.zalo.me, in quotes."""
    app_secret_env: str = ""
    """Of an Official Account, the environment variable that holds the app's secret key."""
    base_url: Url = ""
    """The address of the messenger's interface."""
    oauth_url: Url = ""
    """Of an Official Account, the address at which its tokens are renewed."""
    receive: Literal["polling", "webhook"] = "polling"
    """How messages come in: polling or webhook; an Official Account has webhooks only."""
    secret_env: str = ""
    """The environment variable that holds the secret by which a webhook is recognised; an Official
    Account's is the OA secret key on the app's webhook page."""
    unit: str = ""
    """The code of the unit that the account serves with all below it; empty serves everybody."""
    per_second: Annotated[float, Field(gt=0)] = 30
    """The most messages that the account sends in a second: Telegram's limit is 30, or 1000 where
    it is paid for more."""
    paid_broadcast: bool = False
    """Whether Telegram is paid, in Stars for each message, for more than 30 in a second."""
    monthly_quota: Annotated[int, Field(ge=0)] = 0
    """How many messages the platform lets the account send in a month; 0 is no limit."""
    counts_inbound: bool = False
    """Whether what people write counts against monthly_quota too; of the Zalo Bot Platform some say
    so and some do not."""
    name: str = ""
    """Of a bot of the Zalo Bot Platform, the name by which people call it, as "Bot Loa"."""

    @model_validator(mode="before")
    @classmethod
    def _fill(cls, given: Any) -> Any:
        if not isinstance(given, Mapping):
            return given
        return {**DEFAULTS.get(str(given.get("channel", "telegram")), {}), **given}

    @field_validator("token_env", "app_secret_env", "secret_env")
    @classmethod
    def _is_a_name(cls, value: str) -> str:
        if value and not (value.isidentifier() and value.isupper() and value.isascii()):
            raise ValueError("needs the name of an environment variable, not the secret itself")
        return value


def check_accounts(accounts: Sequence[AccountSettings], public_url: str | None) -> list[Fault]:
    """`public_url` is None when the web's settings are wrong; then nothing is said of it."""
    faults = []
    for index, account in enumerate(accounts):
        before = accounts[:index]
        for key in ("id", "token_env"):
            if getattr(account, key) in {getattr(other, key) for other in before} - {""}:
                faults.append(Fault((index, key), "stands at another account already"))
        faults += [Fault((index, key), why) for key, why in _unfit(account)]
        if account.receive == "webhook" and public_url == "":
            faults.append(Fault((index, "receive"), "a webhook needs web.public_url"))
    return faults


def _unfit(account: AccountSettings) -> Iterator[tuple[str, str]]:
    """The keys that do not fit the account's kind, and why."""
    for key in NEEDED[account.channel]:
        if not getattr(account, key):
            yield key, f"a {account.channel} account needs it"
    for key in ALIEN[account.channel]:
        if getattr(account, key):
            yield key, f"means nothing in a {account.channel} account"
    if account.channel == "zalo_oa" and account.receive == "polling":
        yield "receive", "an Official Account has webhooks only"
    if account.receive == "webhook" and not account.secret_env:
        yield "secret_env", "a webhook needs it"
