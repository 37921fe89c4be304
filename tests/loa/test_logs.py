"""What the log says, and what it never says."""

import json
import logging
from collections.abc import Mapping
from typing import Literal

import pytest

from loa.logs import Json, Text, Veil, begin, secrets
from loa.settings import Settings
from loa.settings_accounts import AccountSettings

PHONE, CITIZEN, NAME = "0912 345 678", "001099012345", "Nguyễn Thị Lan"
BOT, OA = "7000001:AAH-x_y1234567890abcdefghijklmnopq", "k3y-of-the-app"
URL = f"https://api.telegram.org/bot{BOT}/sendMessage"

KEPT = [
    "telegram: the platform did not take the menu: Bad Request",
    "2 wordings of the FAQ are new: their meanings are being worked out",
    "/var/lib/loa/files/2026-11-20.pdf cannot be read and is made anew",
    "the end of broadcast 12 was not told: ValueError",
    "status_code=500 of https://openapi.zalo.me/v3.0/oa/message",
]
TAKEN = {
    f"gọi {PHONE} nhé": "gọi [phone] nhé",
    f"căn cước {CITIZEN}": "căn cước [paper]",
    f"{NAME} đã hỏi": "[name] đã hỏi",
    "chat -1001234567890 is gone": "chat -[number] is gone",
    "lan@xa.gov.vn": "[email]",
    f"POST {URL} failed": "POST https://api.telegram.org/bot[secret]/sendMessage failed",
    f"the token {BOT} is refused": "the token [secret] is refused",
    "GET /file/MTI.aGk.c2lnbg": "GET /file/[secret]",
    "postgresql+asyncpg://loa:hunter2@db/loa": "postgresql+asyncpg://[secret]@db/loa",
    "Authorization: Bearer abc.def": "Authorization: Bearer [secret]",
    "access_token=abc&app_id=1": "access_token=[secret]&app_id=1",
    '{"refresh_token": "abc"}': '{"refresh_token": "[secret]"}',
    "/callback?code=abc&state=1": "/callback?code=[secret]&state=1",
    f"key {OA}!": "key [secret]!",
}


def formatters() -> list[logging.Formatter]:
    veil = Veil([OA])
    return [Text(veil), Json(veil, {"telegram"})]


def record(said: str, *values: object, error: BaseException | None = None) -> logging.LogRecord:
    about = (type(error), error, error.__traceback__) if error else None
    return logging.LogRecord("loa.x", logging.WARNING, __file__, 1, said, values, about)


@pytest.mark.parametrize("said", KEPT)
def test_what_harms_nobody_stays(said: str) -> None:
    assert Veil([OA])(said) == said


@pytest.mark.parametrize("said", TAKEN)
def test_what_is_a_persons_or_opens_a_door_is_taken_out(said: str) -> None:
    assert Veil([OA])(said) == TAKEN[said]


@pytest.mark.parametrize("formatter", formatters())
@pytest.mark.parametrize("private", [PHONE, CITIZEN, NAME, BOT, OA])
def test_it_is_taken_out_wherever_it_stands(formatter: logging.Formatter, private: str) -> None:
    try:
        raise ValueError(f"cannot read {private}")
    except ValueError as error:
        raised = error
    for each in (
        record(f"telegram: said {private}"),
        record("telegram: said %s", private),
        record("%s: said %r", "telegram", {"text": private}),
        record("telegram: failed", error=raised),
    ):
        assert private not in formatter.format(each)


def test_text_is_a_line_for_people() -> None:
    line = Text(Veil()).format(record("%s: gọi %s", "telegram", PHONE))
    when, said = line.split(" WARNING ")
    assert said == "loa.x: telegram: gọi [phone]"
    assert when[:2] == "20"


def test_json_is_an_object_a_line_with_its_account() -> None:
    line = Json(Veil(), {"telegram"}).format(record("%s: gọi %s", "telegram", PHONE))
    told = json.loads(line)
    assert told.pop("time").endswith("+00:00")
    assert told == {
        "level": "warning",
        "logger": "loa.x",
        "message": "telegram: gọi [phone]",
        "account": "telegram",
    }


@pytest.mark.parametrize("values", [("tidy",), (12,), ([],), ({"a": 1},), ()])
def test_json_names_only_accounts_of_ours(values: tuple[object, ...]) -> None:
    said = record("%s: x" if values else "x", *values)
    assert "account" not in json.loads(Json(Veil(), {"telegram"}).format(said))


def test_json_keeps_an_error_in_its_line() -> None:
    try:
        raise KeyError("x")
    except KeyError as error:
        line = Json(Veil(), ()).format(record("failed", error=error))
    assert "\n" not in line
    assert json.loads(line)["trace"].endswith("KeyError: 'x'")


def test_every_secret_that_the_settings_name_is_known() -> None:
    account = AccountSettings(secret_env="HOOK")
    settings = Settings(
        accounts=(account,), database_url="postgresql+asyncpg://loa:pass-word@db/loa"
    )
    environ: Mapping[str, str] = {
        account.token_env: BOT,
        "HOOK": "hook-secret",
        "LOA_SECRET_KEY": "installation",
        "LOA_METRICS_TOKEN": "metrics-token",
        "HOME": "/home/loa",
    }
    found = secrets(settings, environ)
    known = {BOT, "hook-secret", "installation", "metrics-token", "pass-word"}
    assert set(found) == known
    assert found[0] == BOT


def test_a_short_word_is_no_secret() -> None:
    assert secrets(Settings(), {"LOA_SECRET_KEY": "loa"}) == []


@pytest.mark.parametrize("form", ["text", "json"])
def test_the_log_is_set_up_by_the_settings(
    form: Literal["text", "json"], monkeypatch: pytest.MonkeyPatch
) -> None:
    root = logging.getLogger()
    monkeypatch.setattr(root, "handlers", [])
    monkeypatch.setattr(root, "level", logging.WARNING)
    begin(Settings(log_format=form, log_level="error"), {})
    [handler] = root.handlers
    assert isinstance(handler.formatter, Json if form == "json" else Text)
    assert root.level == logging.ERROR
    assert logging.getLogger("alembic").level == logging.WARNING
