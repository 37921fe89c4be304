"""`loa zalo` against the sandbox."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from bot.channels.zalo_oa_updates import group_chat
from loa.channels import Means
from loa.commands.operator import SignedStore
from loa.settings_accounts import AccountSettings
from loa.zalo_desk import Desk
from loa.zalo_login import Login
from storage import audit, chats, tokens, units
from storage.audit import Search
from storage.seal import Seal
from storage.tokens import Pair
from tests.bot.channels.zalo_oa_stage import BINH_ID, OA_ID, make_account
from tests.loa.conftest import Office, Paper
from tests.sandbox.stage import BINH, Stage, on_stage

WHO = "quan-tri"
BACK = "https://loa.example.vn/zalo"
SECRETS = {"LOA_SECRET_KEY": "a long secret", "LOA_ZALO_APP_SECRET": ""}


@dataclass(frozen=True)
class Counter:
    """An office, and the account on the other side of the counter."""

    stage: Stage
    office: Office
    paper: Paper
    account: AccountSettings
    environ: dict[str, str]

    @property
    def means(self) -> Means:
        return Means(self.environ, self.office.store, lambda: datetime.now(UTC))

    @property
    def signed(self) -> SignedStore:
        return SignedStore(self.office.store, WHO)

    async def trail(self) -> list[tuple[str, str, str]]:
        """What was noted, the oldest first."""
        lines = await self.office.store.read(audit.lines, Search(), datetime.now(UTC).date())
        return [(line.who, line.act, line.subject) for line in reversed(lines)]

    def login(self) -> Login:
        return Login(self.account, BACK, "state", self.means)

    async def finish(self, login: Login, pasted: str) -> bool:
        return await login.finish(pasted, self.signed, self.paper.screen)

    async def consent(self, login: Login) -> str:
        """The address to which the browser of who consents is led."""
        asked = {key: value[0] for key, value in parse_qs(urlsplit(login.url).query).items()}
        where = urlsplit(login.url)
        page = f"{where.scheme}://{where.netloc}{where.path}"
        async with httpx.AsyncClient(verify=False) as http:
            answer = await http.post(page, data={**asked, "oa_id": OA_ID})
        assert answer.status_code == 302, answer.text
        return answer.headers["location"]

    async def hold_pair(self) -> None:
        given = await self.stage.act("zalo_oa/tokens", bot="loa_oa")
        now = datetime.now(UTC)
        until = now.replace(year=now.year + 1)
        pair = Pair(given["access_token"], given["refresh_token"], until)
        seal = Seal(self.environ["LOA_SECRET_KEY"])
        await self.office.store.write(tokens.keep, seal, self.account.id, pair, now)

    @asynccontextmanager
    async def desk(self) -> AsyncIterator[Desk]:
        await self.hold_pair()
        async with Desk.opened(self.account, self.means, self.signed, self.paper.screen) as desk:
            yield desk


@pytest.fixture
def counter(staffed: Office, paper: Paper, runner: asyncio.Runner) -> Iterator[Counter]:
    context = on_stage()
    stage = runner.run(context.__aenter__())
    runner.run(make_account(stage))
    console = runner.run(stage.act("zalo_oa", bot="loa_oa", redirect_uri=BACK))
    account = AccountSettings(
        channel="zalo_oa",
        app_id=console["app_id"],
        base_url=stage.running.zalo_oa,
        oauth_url=stage.running.zalo_oauth,
    )
    environ = SECRETS | {"LOA_ZALO_APP_SECRET": console["app_secret"]}
    yield Counter(stage, staffed, paper, account, environ)
    runner.run(context.__aexit__(None, None, None))


@pytest.mark.parametrize("whole", [True, False])
async def test_a_consent_becomes_a_kept_pair(counter: Counter, whole: bool) -> None:
    login = counter.login()
    led = await counter.consent(login)
    pasted = f"  {led}\n" if whole else parse_qs(urlsplit(led).query)["code"][0]
    assert await counter.finish(login, pasted)
    assert "Đã đăng nhập" in counter.paper.text
    assert "Official Account: Loa OA" in counter.paper.text
    state = await counter.office.store.read(tokens.state, "zalo-oa")
    assert state is not None
    assert state.lost_because is None
    assert await counter.trail() == [(WHO, "account_agreed", "account:zalo-oa")]


async def test_what_an_installation_shows_as_its_challenge_stays_the_same(counter: Counter) -> None:
    assert counter.login().challenge == counter.login().challenge
    assert f"code_challenge={counter.login().challenge}" in counter.login().url
    assert len(counter.login().challenge) == 43


@pytest.mark.parametrize(
    ("pasted", "told"),
    [
        ("", "không có mã code"),
        ("xin chào", "không có mã code"),
        (f"{BACK}?code=&state=state", "không có mã code"),
        (f"{BACK}?code=abc&state=other", "lần đăng nhập khác"),
        (f"{BACK}?code=unknown-code&state=state", "lỗi -14019"),
    ],
)
async def test_a_wrong_paste_is_told(counter: Counter, pasted: str, told: str) -> None:
    assert not await counter.finish(counter.login(), pasted)
    assert told in counter.paper.text
    assert await counter.office.store.read(tokens.state, "zalo-oa") is None


@pytest.mark.parametrize(
    ("console", "told"),
    [
        ({"app_active": False}, "chưa được kích hoạt"),
        ({"app_secret": "another"}, "LOA_ZALO_APP_SECRET"),
        ({"verified": False}, "chưa xác thực"),
    ],
)
async def test_what_is_wrong_is_said_in_clear_words(
    counter: Counter, console: dict[str, object], told: str
) -> None:
    login = counter.login()
    led = await counter.consent(login)
    await counter.stage.act("zalo_oa", bot="loa_oa", **console)
    assert not await counter.finish(login, led)
    assert told in counter.paper.text


async def test_a_wrong_callback_address_has_its_sentence(counter: Counter) -> None:
    counter.login().explain(-14003, counter.paper.screen)
    assert "Callback Url" in counter.paper.text


async def test_groups_are_listed_with_their_units_and_packages(counter: Counter) -> None:
    async with counter.desk() as desk:
        (group,) = await desk.channel.groups.all()
        assert not await desk.bind("nowhere", "T11", datetime.now(UTC).date())
        assert await desk.bind(group.id, "T11", datetime.now(UTC).date())
        await desk.show_groups()
    text = counter.paper.text
    assert "Official Account không có nhóm nowhere" in text
    assert "từ nay là nhóm của Thôn Suối" in text
    assert [word in text for word in (group.id, "đang dùng", "gmf100 còn trống")] == [True] * 3
    unit = await counter.office.store.read(units.by_code, "T11")
    chat = await counter.office.store.read(chats.find, "zalo-oa", group_chat(group.id))
    assert unit
    assert chat
    assert (chat.unit_id, chat.title) == (unit.id, "Tổ công nghệ số 1")


async def test_a_group_is_made_for_a_unit_as_long_as_there_is_a_package(counter: Counter) -> None:
    await counter.stage.act("follow", person=BINH, bot="loa_oa")
    await counter.stage.act("say", person=BINH, bot="loa_oa", text="chào")
    day = datetime.now(UTC).date()
    async with counter.desk() as desk:
        await desk.show_people()
        assert await desk.create("Tổ số 2", [BINH_ID], "T11", day)
        assert not await desk.create("Tổ số 3", [BINH_ID], None, day)
    text = counter.paper.text
    assert BINH_ID in text
    assert "Đỗ Văn Bình" in text
    assert "chưa có" not in text
    assert "https://zalo.me/g/" in text
    assert "từ nay là nhóm của Thôn Suối" in text
    assert "Không còn gói nhóm nào trống" in text
    who, acts, on = zip(*await counter.trail(), strict=True)
    assert {*who} == {WHO}
    assert acts == ("exported", "group_made", "group_bound")
    assert on[:2] == ("errand:followers", "account:zalo-oa")


def config(office: Office, counter: Counter) -> None:
    account = counter.account
    office.config.write_text(
        "log_level: error\nweb: {public_url: 'https://loa.example.vn'}\n"
        f"accounts: [{{id: oa, channel: zalo_oa, app_id: '{account.app_id}', "
        f"base_url: '{account.base_url}', oauth_url: '{account.oauth_url}'}}]",
        "utf-8",
    )


def test_the_command_says_what_it_needs(counter: Counter) -> None:
    office = counter.office
    none = office.loa("zalo", "groups")
    assert (none.exit_code, "Official Accounts of the settings are: none" in none.stderr) == (
        2,
        True,
    )
    config(office, counter)
    silent = office.loa("zalo", "groups", LOA_SECRET_KEY="", LOA_ZALO_APP_SECRET="")
    assert (silent.exit_code, "LOA_SECRET_KEY must be set" in silent.stderr) == (2, True)
    unknown = office.loa("zalo", "groups", "--account", "other", **counter.environ)
    assert (unknown.exit_code, "are: oa" in unknown.stderr) == (2, True)


def test_the_command_asks_for_the_code_and_tells_how_it_went(counter: Counter) -> None:
    config(counter.office, counter)
    done = counter.office.loa("zalo", "login", typed="nothing here\n", **counter.environ)
    assert done.exit_code == 1
    assert "/v4/oa/permission?app_id=" in done.stdout
    assert "không có mã code" in done.stdout
