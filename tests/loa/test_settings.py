import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml
from pydantic import BaseModel

from domain.units import Level, TeamRule
from loa.settings import Settings, load
from loa.settings_accounts import AccountSettings
from loa.settings_file import SettingsError

SHIPPED = Path(__file__).parents[2] / "config.yaml"
TOKEN = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"
"""The example token of Telegram's own documentation."""
PUBLIC = "web: {public_url: 'https://loa.example'}\n"
KINDS = "Input should be 'telegram', 'zalo_oa' or 'zalo_bot'"


def faults(tmp_path: Path, text: str, **environ: str) -> list[str]:
    path = tmp_path / "config.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(SettingsError) as caught:
        load(path, environ)
    assert str(caught.value) == "\n".join(caught.value.faults)
    return caught.value.faults


def settings(tmp_path: Path, text: str, **environ: str) -> Settings:
    path = tmp_path / "config.yaml"
    path.write_text(text, "utf-8")
    return load(path, environ)


def keys(value: Any, path: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for key, below in value.items():
            yield f"{path}.{key}"
            yield from keys(below, f"{path}.{key}")
    elif isinstance(value, list):
        for below in value:
            yield from keys(below, path)


def models(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    yield model
    for field in model.model_fields.values():
        for kind in (field.annotation, *getattr(field.annotation, "__args__", ())):
            if isinstance(kind, type) and issubclass(kind, BaseModel):
                yield from models(kind)


def test_the_shipped_file_is_the_defaults() -> None:
    assert load(SHIPPED, {}) == Settings()


def test_the_shipped_file_has_every_key_and_no_other() -> None:
    shipped = yaml.safe_load(SHIPPED.read_text("utf-8"))
    assert sorted(set(keys(shipped))) == sorted(set(keys(Settings().model_dump(mode="json"))))


def test_the_shipped_file_has_every_key_s_sentence() -> None:
    comments = re.findall(r"^ *# (.+)$", SHIPPED.read_text("utf-8"), re.MULTILINE)
    said = " ".join(comments)
    fields = [field for each in models(Settings) for field in each.model_fields.items()]
    assert len(fields) > 30
    missing = [
        name for name, field in fields if " ".join((field.description or "?").split()) not in said
    ]
    assert missing == []


def test_the_alternatives_in_the_shipped_file_s_comments_can_be_used(tmp_path: Path) -> None:
    written = re.findall(r"^#   - (\{.+)$", SHIPPED.read_text("utf-8"), re.MULTILINE)
    oa, bot, district, commune, enterprise, binh_duong = (yaml.safe_load(each) for each in written)
    levels = [{"id": "province", "name": "tỉnh"}, district, commune, enterprise]
    village = {"id": "village", "name": "ấp", "under": ["commune"]}
    web = {"public_url": "https://loa.example"}
    text = yaml.safe_dump(
        {
            "web": web,
            "accounts": [oa, bot],
            "levels": [*levels, village],
            "team_rules": [binh_duong],
        }
    )
    read = settings(tmp_path, text)
    assert read.levels[1] == Level("district", "huyện", ("province",))
    assert read.levels[3] == Level("enterprise", "doanh nghiệp", ("province", "commune"), True)
    assert read.team_rules == (TeamRule("village", least=3, most=7, least_it=1),)
    assert [(each.receive, each.base_url) for each in read.accounts] == [
        ("webhook", "https://openapi.zalo.me"),
        ("polling", "https://bot-api.zaloplatforms.com"),
    ]


def test_what_a_file_leaves_out_keeps_its_default(tmp_path: Path) -> None:
    assert settings(tmp_path, "") == Settings()
    read = settings(tmp_path, "web: {port: 80}\ntimezone: Asia/Tokyo\naccounts: [{id: so}]\n")
    assert (read.web.host, read.web.port) == ("127.0.0.1", 80)
    assert read.timezone == ZoneInfo("Asia/Tokyo")
    assert read.accounts == (AccountSettings(id="so"),)


def test_the_environment_counts_before_the_file(tmp_path: Path) -> None:
    read = settings(
        tmp_path,
        "web: {host: 0.0.0.0, port: 80}\n",
        LOA_WEB__PORT="81",
        LOA_DATABASE_URL="postgresql+asyncpg://loa:word@db/loa",
        LOA_TELEGRAM_TOKEN=TOKEN,
        HOME="/root",
    )
    assert (read.web.host, read.web.port) == ("0.0.0.0", 81)
    assert read.database_url == "postgresql+asyncpg://loa:word@db/loa"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("a: [", "line 1: expected the node content, but found '<stream end>'"),
        ("- a", "line 1: needs lines as `key: value`"),
        ("data_dir: x\nlog_level: info\nlog_level: info", "line 3: log_level: is written twice"),
        ("timezon: x", "line 1: timezon: no key 'timezon'; did you mean 'timezone'?"),
        ("1: x", "line 1: 1: no key '1'"),
        ("web:\n  prt: 1", "line 2: web.prt: no key 'prt'; did you mean 'port'?"),
        ("faq:\n  offer_above: 0.95", "line 2: faq.offer_above: is more than answer_above"),
        ("timezone: Asia/Saigone", "line 1: timezone: invalid timezone: Asia/Saigone"),
        (
            "database_url: mysql://h/loa",
            "line 1: database_url: needs an address as sqlite:///FILE or"
            " postgresql+asyncpg://HOST/NAME",
        ),
        (
            "levels:\n- {id: tinh, name: tỉnh}\n- id: xa\n  name: xã\n  under: [tin]",
            "line 5: levels[1].under[0]: no level 'tin'; did you mean 'tinh'?",
        ),
        (
            "levels:\n- {id: tinh, name: tỉnh}\n- {id: xa, name: xã, unter: [tinh]}",
            "line 3: levels[1].unter: no key 'unter'; did you mean 'under'?",
        ),
        (
            "team_rules:\n- level: vilage",
            "line 2: team_rules[0].level: no level 'vilage'; did you mean 'village'?",
        ),
        (
            "team_rules:\n- {level: village, least: 5, most: 3}",
            "line 2: team_rules[0].most: is less than least or least_it",
        ),
        (
            "accounts:\n- receive: webhook",
            "line 2: accounts[0].receive: a webhook needs web.public_url",
        ),
        (
            "accounts:\n- {id: a}\n- {id: b}",
            "line 3: accounts[1].token_env: stands at another account already",
        ),
        (
            "accounts:\n- token_env: hunter2",
            "line 2: accounts[0].token_env: needs the name of an environment variable,"
            " not the secret itself",
        ),
        ("accounts:\n- channel: zallo_oa", "line 2: accounts[0].channel: " + KINDS),
        (
            "accounts:\n- {id: a}\n- {channel: zalo_bot}\n- {channel: zalo_bot, id: b}",
            "line 4: accounts[2].token_env: stands at another account already",
        ),
        (
            f"{PUBLIC}accounts:\n- id: oa\n  channel: zalo_oa",
            "line 3: accounts[0].app_id: a zalo_oa account needs it",
        ),
        (
            f"{PUBLIC}accounts:\n- channel: zalo_oa\n  app_id: '1'\n  receive: polling",
            "line 5: accounts[0].receive: an Official Account has webhooks only",
        ),
        (
            "accounts:\n- channel: zalo_oa\n  app_id: '1'",
            "line 2: accounts[0].receive: a webhook needs web.public_url",
        ),
        (
            f"{PUBLIC}accounts:\n- channel: zalo_oa\n  app_id: '1'\n  token_env: LOA_X",
            "line 5: accounts[0].token_env: means nothing in a zalo_oa account",
        ),
        (
            "accounts:\n- channel: zalo_bot\n  app_id: '1'",
            "line 3: accounts[0].app_id: means nothing in a zalo_bot account",
        ),
        (
            f"{PUBLIC}accounts:\n- {{channel: zalo_bot, receive: webhook, secret_env: ''}}",
            "line 3: accounts[0].secret_env: a webhook needs it",
        ),
        (
            "broadcasts:\n  quiet_hours: {begin: 21:00}",
            'line 2: broadcasts.quiet_hours.begin: needs an hour in quotes, as "21:00"',
        ),
    ],
)
def test_what_is_wrong_is_named_with_its_line(tmp_path: Path, text: str, fault: str) -> None:
    assert faults(tmp_path, text) == [f"config.yaml {fault}"]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("[{id: a, name: a, under: [a]}]", "levels[0].under[0]: level 'a' must be written before"),
        ("[{id: a, name: a, under: [b]}, {id: b, name: b}]", "levels[0].under[0]: level 'b' must"),
        ("[{id: a, name: a}, {id: a, name: b}]", "levels[1].id: 'a' is a level already"),
        ("[{id: a, name: ''}]", "levels[0]: needs an id and a name"),
        ("[]", "levels: needs a level that stands under none"),
    ],
)
def test_levels_are_a_tree(tmp_path: Path, text: str, fault: str) -> None:
    found = faults(tmp_path, f"levels: {text}\nteam_rules: []")
    assert any(each.startswith(f"config.yaml line 1: {fault}") for each in found)


def test_everything_wrong_is_told_at_once_in_the_file_s_order(tmp_path: Path) -> None:
    found = faults(
        tmp_path,
        "log_level: loud\nweb:\n  port: 80.5\nteam_rules:\n- {level: x}\nzone: 1\n",
        LOA_SANDBOX__PORT="tám",
        LOA_SANDBOX__PROT="8",
    )
    assert [line.partition(": ")[0] for line in found if line.startswith("environment")] == [
        "environment LOA_SANDBOX__PORT",
        "environment LOA_SANDBOX__PROT",
    ]
    places = [" ".join(line.split()[1:4]) for line in found if line.startswith("config.yaml")]
    assert places == [
        "line 1: log_level:",
        "line 3: web.port:",
        "line 5: team_rules[0].level:",
        "line 6: zone:",
    ]


@pytest.mark.parametrize(
    ("text", "place", "secret"),
    [
        (f"accounts:\n- token: {TOKEN}", "accounts[0].token", TOKEN),
        (f"accounts:\n- token_env: {TOKEN}", "accounts[0].token_env", TOKEN),
        (f"\nweb: {{public_url: 'https://h/bot{TOKEN}'}}", "web.public_url", TOKEN),
        ("\ndatabase_url: postgresql+asyncpg://u:hunter2@h/n", "database_url", "hunter2"),
        ("\npassword: hunter2", "password", "hunter2"),
    ],
)
def test_a_secret_in_the_file_is_refused_and_not_repeated(
    tmp_path: Path, text: str, place: str, secret: str
) -> None:
    found = faults(tmp_path, text)
    why = "secrets are not kept in this file; put it into the environment"
    assert found == [f"config.yaml line 2: {place}: {why}"]
    assert secret not in found[0]


def test_a_wrong_list_in_the_environment_is_named_but_not_quoted(tmp_path: Path) -> None:
    (found,) = faults(tmp_path, "", LOA_ACCOUNTS="hunter2")
    assert "accounts" in found
    assert "hunter2" not in found


@pytest.mark.parametrize(
    "text", ["[" * 100_000, "a: &a [*a]", "a: 2026-13-01", "a: !!int x"], ids=lambda text: text[:9]
)
def test_what_brings_a_yaml_parser_down_is_refused(tmp_path: Path, text: str) -> None:
    assert [each[:18] for each in faults(tmp_path, text)] == ["config.yaml line 1"]


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"nowhere\.yaml: cannot be read"):
        load(tmp_path / "nowhere.yaml", {})


@pytest.mark.parametrize(
    ("text", "hours"),
    [("", (24,)), ("12", (12,)), ("[24, 8.5]", (24, 8.5))],
)
def test_the_waits_of_a_question_are_one_number_or_a_list(
    tmp_path: Path, text: str, hours: tuple[float, ...]
) -> None:
    read = settings(tmp_path, f"tickets: {{climb_after_hours: {text}}}" if text else "")
    assert read.tickets.climb_after_hours == hours


def test_the_waits_of_a_question_come_from_the_environment_too(tmp_path: Path) -> None:
    read = settings(tmp_path, "", LOA_TICKETS__CLIMB_AFTER_HOURS="[24, 8]")
    assert read.tickets.climb_after_hours == (24, 8)


@pytest.mark.parametrize("text", ["0", "[]", "[24, -1]", "soon"])
def test_a_wait_that_cannot_be_is_told(tmp_path: Path, text: str) -> None:
    (fault, *_) = faults(tmp_path, f"tickets:\n  climb_after_hours: {text}\n")
    assert "tickets.climb_after_hours" in fault
