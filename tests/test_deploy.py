"""The examples of deployment: they are well formed, and name what there is."""

import asyncio
import configparser
import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.core import TyperGroup
from typer.main import get_command

from loa.channels import METRICS_TOKEN, SECRET_KEY
from loa.cli import app
from loa.part import Part
from loa.settings import Settings, load
from loa.settings_accounts import AccountSettings
from storage.direct import connected
from tests.conftest import PostgresDatabases

DEPLOY = Path(__file__).parent.parent / "deploy"
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
OURS: dict[str, dict[str, Any]] = {
    name: each for name, each in COMPOSE["services"].items() if name != "database"
}
SECRETS = {SECRET_KEY, METRICS_TOKEN, AccountSettings().token_env, AccountSettings().secret_env}
ASKED = re.compile(r"\$\{(\w+)(?::[?-][^}]*)?\}")


def unit() -> configparser.ConfigParser:
    read = configparser.ConfigParser(strict=False, interpolation=None)
    read.optionxform = str  # type: ignore[assignment,method-assign]  # keys are told apart by case
    read.read_string((DEPLOY / "loa.service").read_text("utf-8"))
    return read


def parse(line: list[str]) -> dict[str, Any]:
    """What the command line makes of a command; raises click's UsageError."""
    whole = get_command(app)
    assert isinstance(whole, TyperGroup)
    context = whole.make_context("loa", list(line[1:]))
    name, command, rest = whole.resolve_command(context, [*context._protected_args, *context.args])
    assert name
    assert command
    return {"command": name, **command.make_context(name, rest, parent=context).params}


def test_every_role_has_a_service_that_runs_it() -> None:
    roles = {name: parse(each["command"]) for name, each in OURS.items()}
    assert {made["command"] for made in roles.values()} == {"run"}
    assert {name: made["role"] for name, made in roles.items()} == {
        part.value: part for part in Part if part is not Part.ALL
    }


def test_services_name_only_volumes_and_services_that_there_are() -> None:
    for each in COMPOSE["services"].values():
        named = {volume.partition(":")[0] for volume in each["volumes"]}
        mounted = {name for name in named if "/" not in name}
        assert mounted <= set(COMPOSE["volumes"])
        assert {name for name in named - mounted if not (DEPLOY / name).exists()} == set()
        assert set(each.get("depends_on", ())) <= set(COMPOSE["services"])
        built = each.get("build", {"context": ".", "dockerfile": "compose.yaml"})
        assert (DEPLOY / built["context"] / built["dockerfile"]).exists() or not each.get("build")


@pytest.mark.parametrize("name", OURS)
def test_a_service_sets_what_is_read(name: str, tmp_path: Path) -> None:
    values = {
        key: ASKED.sub("given", value).replace("${", "") for key, value in environment(name).items()
    }
    values["LOA_WEB__PUBLIC_URL"] = "https://loa.example.vn"
    settings = load(config(tmp_path), values)
    assert settings.database_url == "postgresql+asyncpg://loa:given@database/loa"
    assert settings.web.host == "0.0.0.0"
    assert [key for key in values if not is_read(key)] == []


def test_postgresql_knows_the_settings_that_it_is_started_with(
    postgres: PostgresDatabases, runner: asyncio.Runner
) -> None:
    server, *options = COMPOSE["services"]["database"]["command"]
    given = dict(option.removeprefix("--").split("=") for option in options)
    url = runner.run(postgres.lend())

    async def ranges() -> dict[str, tuple[int, int]]:
        async with connected(url) as connection:
            rows = await connection.fetch(
                "SELECT name, min_val::bigint AS least, max_val::bigint AS most FROM pg_settings"
                " WHERE name = ANY($1) AND vartype = 'integer'",
                list(given),
            )
        return {row["name"]: (row["least"], row["most"]) for row in rows}

    known = runner.run(ranges())
    runner.run(postgres.take_back(url))
    assert server == "postgres"
    assert known.keys() == given.keys()
    assert [
        name for name, (least, most) in known.items() if not least <= int(given[name]) <= most
    ] == []


def test_no_secret_stands_in_a_file() -> None:
    texts = [path.read_text("utf-8") for path in DEPLOY.iterdir()]
    for name in (*SECRETS, "POSTGRES_PASSWORD"):
        found = re.findall(rf"(?<!\{{){name}[=:] *(.*)", "\n".join(texts))
        assert [each for each in found if not ASKED.fullmatch(each)] == [], name


def environment(name: str) -> dict[str, str]:
    return dict(OURS[name]["environment"])


def config(folder: Path) -> Path:
    (folder / "config.yaml").write_text("log_level: error", "utf-8")
    return folder / "config.yaml"


def is_read(variable: str) -> bool:
    value: object = Settings()
    for key in variable.removeprefix("LOA_").lower().split("__"):
        if key not in getattr(type(value), "model_fields", {}):
            return variable in SECRETS
        value = getattr(value, key)
    return True


def test_the_unit_starts_a_command_that_there_is() -> None:
    read = unit()
    assert {"Unit", "Service", "Install"} == set(read.sections())
    line = shlex.split(read["Service"]["ExecStart"])
    assert line[0].endswith("/bin/loa")
    assert parse(line) == {"command": "run", "role": Part.ALL, "port": 0}


def test_the_unit_may_write_where_the_settings_keep_things() -> None:
    service = unit()["Service"]
    assert service["ProtectSystem"] == "strict"
    assert service["WorkingDirectory"] == f"/var/lib/{service['StateDirectory']}"
    settings = load(DEPLOY.parent / "config.yaml", {})
    assert not settings.data_dir.is_absolute()
    assert settings.database_url == f"sqlite:///{settings.data_dir}/loa.sqlite3"


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not installed")
def test_systemd_finds_nothing_wrong_in_the_unit(tmp_path: Path) -> None:
    text = (DEPLOY / "loa.service").read_text("utf-8")
    (tmp_path / "loa.service").write_text(text.replace("/opt/loa/.venv/bin/loa", "/bin/true"))
    command = ["systemd-analyze", "verify", str(tmp_path / "loa.service")]
    found = subprocess.run(command, capture_output=True, text=True, env=dict(os.environ))
    assert found.returncode == 0
    assert "loa.service" not in found.stderr


def test_the_image_copies_what_there_is_and_starts_a_command() -> None:
    lines = (DEPLOY / "Dockerfile").read_text("utf-8").splitlines()
    copied = [name for line in lines if line.startswith("COPY") for name in line.split()[1:-1]]
    assert [name for name in copied if not (DEPLOY.parent / name).exists()] == []
    rooms = {path.parent.name for path in DEPLOY.parent.glob("*/__init__.py")}
    assert rooms - set(copied) <= {"tests", "benchmarks"}
    start = next(line for line in lines if line.startswith("CMD"))
    assert parse(yaml.safe_load(start.removeprefix("CMD ")))["command"] == "run"
