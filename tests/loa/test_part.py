"""What a process of a role does, and where there can be but one."""

from http import HTTPStatus
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner, Result

from loa import cli
from loa.part import Part
from loa.roof import Roof
from loa.settings import Settings, WebSettings
from storage.store import Store
from tests.e2e.running import free_port
from tests.stage import make_house

SHARED = "postgresql+asyncpg://127.0.0.1/loa"


def run(tmp_path: Path, url: str, *words: str) -> Result:
    config = tmp_path / "loa.yaml"
    config.write_text(f"database_url: {url}", "utf-8")
    return CliRunner().invoke(cli.app, ["--config", str(config), "run", *words])


@pytest.mark.parametrize("role", ["bot", "worker", "scheduler", "web"])
def test_one_role_alone_needs_a_database_that_is_shared(
    role: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[tuple[Part, int]] = []
    monkeypatch.setattr(cli, "run_bot", lambda _, part, port: started.append((part, port)))
    refused = run(tmp_path, "sqlite:///x.db", "--role", role)
    assert (refused.exit_code, started) == (2, [])
    assert f"{role} needs PostgreSQL" in refused.stderr
    assert run(tmp_path, SHARED, "--role", role, "--port", "9").exit_code == 0
    assert run(tmp_path, SHARED).exit_code == 0
    assert started == [(role, 9), (Part.ALL, 0)]


async def met(port: int) -> bool:
    async with httpx.AsyncClient(verify=False) as http:
        try:
            return (await http.get(f"http://127.0.0.1:{port}/healthz")).status_code == HTTPStatus.OK
        except httpx.ConnectError:
            return False


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
async def test_who_lets_nobody_in_is_met_only_at_a_port_of_its_own(store: Store) -> None:
    usual, own = free_port(), free_port()
    settings, house = Settings(web=WebSettings(port=usual)), make_house()
    found = {}
    for part in Part:
        for port in (0, own):
            async with Roof(settings, {}, store, house, part=part, port=port)._serving():
                found[part, port] = (await met(usual), await met(own))
    lets_in = (Part.ALL, Part.WEB)
    assert found == {(part, own): (False, True) for part in Part} | {
        (part, 0): (part in lets_in, False) for part in Part
    }
