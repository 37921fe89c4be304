from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Connection, update

from domain.people import Role
from loa.channels import Means
from loa.commands.invite import tell_links
from loa.settings import Settings
from loa.settings_accounts import AccountSettings
from storage import codes, schema, units
from storage.codes import JoinCode
from tests.loa.conftest import Office, Paper
from tests.player import CODE
from tests.sandbox.stage import TOKEN, on_stage

ENVIRON = {"TOKEN_HERE": TOKEN, "TOKEN_WRONG": "123:wrong"}


def made(office: Office, *line: str) -> JoinCode:
    result = office.loa("invite", *line)
    assert result.exit_code == 0, result.output
    found = CODE.search(result.stdout)
    assert found
    code = office.read(codes.find, found[0])
    assert code
    return code


@pytest.mark.parametrize(
    ("line", "role", "uses", "days"),
    [
        ("--role administrator", Role.ADMINISTRATOR, 1, 30),
        ("--role member", Role.MEMBER, 20, 30),
        ("--role coordinator --uses 3 --days 2", Role.COORDINATOR, 3, 2),
    ],
)
def test_a_code_is_made_and_told(
    staffed: Office, line: str, role: Role, uses: int, days: int
) -> None:
    code = made(staffed, "--unit", "T", *line.split())
    unit = staffed.read(units.by_code, "T")
    assert unit
    assert (code.unit_id, code.role, code.uses_left) == (unit.id, role, uses)
    until = datetime.now(UTC) + timedelta(days=days)
    assert until - timedelta(minutes=5) < code.expires_at <= until


def test_the_invited_are_told_what_to_do(staffed: Office) -> None:
    told = staffed.loa("invite", "--unit", "T", "--role", "administrator").stdout
    assert "Mã mời quản trị của Tỉnh Mẫu: " in told
    assert "nhắn riêng cho bot: tham gia " in told


def close(c: Connection, code: str) -> None:
    query = update(schema.unit).where(schema.unit.c.code == code)
    c.execute(query.values(closed_on=date(2020, 1, 1)))


def test_a_unit_that_is_not_there_or_closed_is_refused(staffed: Office) -> None:
    unknown = staffed.loa("invite", "--unit", "T9", "--role", "member")
    assert (unknown.exit_code, "there is no unit 'T9'" in unknown.stderr) == (2, True)
    staffed.write(close, "T11")
    closed = staffed.loa("invite", "--unit", "T11", "--role", "member")
    assert (closed.exit_code, "Thôn Suối is not open" in closed.stderr) == (2, True)


def account(account_id: str, token_env: str, base_url: str) -> AccountSettings:
    return AccountSettings(id=account_id, token_env=token_env, base_url=base_url)


async def test_a_link_opens_each_bot_that_answers(paper: Paper) -> None:
    async with on_stage() as stage:
        url = stage.running.url
        accounts = (
            account("here", "TOKEN_HERE", url),
            account("wrong", "TOKEN_WRONG", url),
            account("silent", "TOKEN_NONE", url),
        )
        settings = Settings(accounts=accounts)
        means = Means(ENVIRON, None, lambda: datetime.now(UTC))
        await tell_links(settings, means, "MEMBER22", paper.screen)
    assert "(@loa_bot): https://t.me/loa_bot?start=MEMBER22" in paper.text
    assert "tài khoản wrong: Unauthorized. Mã ở trên vẫn dùng được." in paper.text
    assert "silent" not in paper.text
    assert "123:wrong" not in paper.text


def test_without_a_token_there_is_no_link(staffed: Office) -> None:
    result = staffed.loa(
        "invite", "--unit", "T", "--role", "member", "--link", LOA_TELEGRAM_TOKEN=""
    )
    assert result.exit_code == 0
    assert "chưa có đường dẫn" in result.stdout
