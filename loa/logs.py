"""The log, as text or as JSON, and in both without what is a person's or opens a door."""

import json
import logging
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from traceback import format_exception

from sqlalchemy import make_url

from domain.masking import Private, mask, without_names
from loa.channels import METRICS_TOKEN, SECRET_KEY
from loa.settings import Settings

NOISY = ("apscheduler", "alembic", "aiosqlite")
LEAST_SECRET = 6
"""Characters; what is shorter is in many words, and keeps nobody out."""

_KEYS = re.compile(
    r"""(?<=/bot)[^/\s'"]+                # a bot's token in the address of its calls
    | \b\d{5,}:[\w-]{16,}               # the same by itself
    | (?<=/file/)[\w.-]+                # a signed link
    | (?<=://)[^/\s:@]+:[^/\s@]+(?=@)   # the name and password in an address
    | (?i:(?<=bearer\s)|(?<=token=)|(?<=token['"]:\s['"])|(?<=secret=)|(?<=[?&]code=))[^\s&'",]+
    """,
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Veil:
    """Takes out of a text what no log may hold; `secrets` are known word by word."""

    secrets: Collection[str] = ()

    def __call__(self, text: str) -> str:
        for secret in self.secrets:
            text = text.replace(secret, "[secret]")
        return without_names(mask(_KEYS.sub("[secret]", text), _marked), (), "[name]")


def _marked(kind: Private) -> str:
    return f"[{kind}]"


class Text(logging.Formatter):
    """A line for people, and below it where an error came from."""

    def __init__(self, veil: Veil) -> None:
        super().__init__()
        self._veil = veil

    def format(self, record: logging.LogRecord) -> str:
        head = f"{self.formatTime(record)} {record.levelname} {record.name}: "
        return head + "\n".join(self._veil(each) for each in _said(record))


class Json(logging.Formatter):
    """An object a line; `account` is there where the message begins with one of ours."""

    def __init__(self, veil: Veil, accounts: Collection[str]) -> None:
        super().__init__()
        self._veil = veil
        self._accounts = accounts

    def format(self, record: logging.LogRecord) -> str:
        message, *below = (self._veil(each) for each in _said(record))
        told = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": message,
        }
        first = record.args[0] if isinstance(record.args, tuple) and record.args else None
        ours = isinstance(first, str) and first in self._accounts
        account = {"account": first} if ours else {}
        trace = {"trace": "\n".join(below)} if below else {}
        return json.dumps(told | account | trace, ensure_ascii=False)


def _said(record: logging.LogRecord) -> Iterable[str]:
    """The message, and then the error or the place that goes with it."""
    yield record.getMessage()
    if record.exc_info:
        yield "".join(format_exception(*record.exc_info)).rstrip()
    if record.stack_info:
        yield record.stack_info


def begin(settings: Settings, environ: Mapping[str, str]) -> None:
    """Log to the standard error from now on, as the settings say."""
    veil = Veil(secrets(settings, environ))
    accounts = {account.id for account in settings.accounts}
    handler = logging.StreamHandler()
    handler.setFormatter(Json(veil, accounts) if settings.log_format == "json" else Text(veil))
    logging.basicConfig(level=settings.log_level.upper(), handlers=[handler])
    for noisy in NOISY:
        logging.getLogger(noisy).setLevel(logging.WARNING)


def secrets(settings: Settings, environ: Mapping[str, str]) -> list[str]:
    """Every secret that the settings name, the longest first."""
    names = {SECRET_KEY, METRICS_TOKEN}
    for account in settings.accounts:
        names |= {account.token_env, account.app_secret_env, account.secret_env}
    values = {environ.get(name, "") for name in names}
    values.add(make_url(settings.database_url).password or "")
    return sorted((each for each in values if len(each) >= LEAST_SECRET), key=len, reverse=True)
