"""A commune on Zalo: its Official Account and its groups, end to end, played in the sandbox.

Loa runs under its real roof: events come signed to its web door, tokens are in its database. It is
stopped in the middle of everything. Only whoever runs the province is on Telegram.
"""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import httpx

from bot.house import House
from domain.people import Role
from loa.channels import SECRET_KEY
from loa.settings import Settings
from loa.settings_accounts import AccountSettings
from storage import tokens
from storage.seal import Seal
from storage.store import opened_store
from storage.tokens import Pair
from tests.e2e.people import (
    AFTERNOON,
    FOUR,
    PDF,
    Clock,
    Json,
    People,
    answers,
    said_in,
    screen,
)
from tests.e2e.running import (
    ENVIRON,
    Loa,
    sandbox_people,
    settings_for,
    the_province_joins,
    with_door,
)
from tests.sandbox.test_pictures import PNG

SILENCE = timedelta(days=8)
"""Longer than an Official Account may write to somebody who does not write."""
OA: Json = {
    "username": "xa_mot",
    "name": "Xã Một",
    "token": "7200001:x",
    "messenger": "zalo_oa",
    "reads_all": True,
}
EVERYBODY = {"tinh": "Quản Trị", "xa1": "Cán Bộ Xã", "lan": "Lan", "hung": "Hùng"}
GROUPS = {
    "xa": ("Xã Một", ["xa1"]),
    "suoi": ("Tổ Thôn Suối", ["xa1", "lan", "hung"]),
}
APP_SECRET, OA_SECRET = "LOA_TEST_APP_SECRET", "LOA_TEST_OA_SECRET"
SEAL = "một chuỗi dài chỉ máy này biết"


@dataclass
class SharedClock:
    """The sandbox's time is Loa's, also when that jumps ahead."""

    clock: Clock

    def now(self) -> float:
        return self.clock().timestamp()

    async def sleep(self, seconds: float) -> None:
        until = self.now() + seconds
        while (left := until - self.now()) > 0:
            await self.clock.jumped.wait(left)


async def test_a_commune_lives_on_zalo(url: str, house: House, tmp_path: Path) -> None:
    clock = Clock()
    clock.set(AFTERNOON)
    async with sandbox_people(clock, SharedClock(clock)) as (messenger, telegram):
        await telegram.arrive(EVERYBODY, {})
        people = telegram.by(OA)
        await people.arrive(EVERYBODY, GROUPS, messenger="zalo_oa", bots=[OA["username"]])
        loa = await the_account_is_set_up(url, tmp_path, house, people, messenger)
        async with loa.running():
            await the_province_joins(telegram, loa)
            await people_follow_and_join(people, loa)
            await groups_are_bound(people)
            await a_document_goes_down(people)
            await it_is_acknowledged_by_word(people)
            await questions_are_answered(people)
        clock.set(FOUR)
        await people.say("hung", "báo cáo sau nhé", "suoi")
        async with loa.running():
            await the_report_is_begun(people)
            await the_token_ends(people)
            await the_report_goes_on(people)
            assert await pairs_given(people) == 2
        await people.say("lan", "bỏ qua", "suoi")
        async with loa.running():
            await the_report_is_handed_in(people, loa.settings.web.public_url)
            clock.advance(SILENCE)
            await who_may_not_be_written_to_is_asked_in_the_group(telegram, people)
            await two_messengers_become_one_person(telegram, people)
            clock.advance(SILENCE)
            await what_is_private_goes_by_the_other_messenger(telegram, people)
            await a_picture_goes_with_its_question(telegram, people)
        await nothing_came_twice(people)


# --- the installer's part ---


async def the_account_is_set_up(
    url: str, data: Path, house: House, people: People, messenger: str
) -> Loa:
    """The account's keys are in the environment, its pair in the database, its address at Zalo."""
    settings = with_door(settings_for(url, data, messenger))
    webhook = f"{settings.web.public_url}/hook/zalo-oa/oa"
    console = await people.post("zalo_oa", bot="xa_mot", webhook=webhook, rate=0)
    settings = with_account(settings, messenger, console["app_id"])
    secrets = {APP_SECRET: console["app_secret"], OA_SECRET: console["secret"], SECRET_KEY: SEAL}
    loa = Loa(settings, house, people.clock, ENVIRON | secrets)
    await loa.import_all()
    await keep_pair(loa, await people.post("zalo_oa/tokens", bot="xa_mot"))
    return loa


def with_account(settings: Settings, messenger: str, app_id: str) -> Settings:
    account = AccountSettings(
        channel="zalo_oa",
        id="oa",
        app_id=app_id,
        app_secret_env=APP_SECRET,
        secret_env=OA_SECRET,
        base_url=f"{messenger}/zalo/oa",
        oauth_url=f"{messenger}/zalo/oauth",
        unit="X1",
        per_second=200,
    )
    return settings.model_copy(update={"accounts": (*settings.accounts, account)})


async def keep_pair(loa: Loa, given: Json) -> None:
    now = loa.clock()
    ends = now + timedelta(seconds=int(given["expires_in"]))
    pair = Pair(given["access_token"], given["refresh_token"], ends)
    async with opened_store(loa.settings.database_url) as store:
        await store.write(tokens.keep, Seal(SEAL), "oa", pair, now)


# --- joining ---


async def people_follow_and_join(people: People, loa: Loa) -> None:
    await people.act("follow", "xa1", bot="xa_mot")
    await people.hear("xa1", "Chào bạn")
    await people.say("xa1", f"tham gia {await loa.invite('X1', Role.COORDINATOR)}")
    await people.hear("xa1", "Chào mừng Cán Bộ Xã", "điều phối của Xã Một")
    await people.say("xa1", "moi")
    await people.press("xa1", await choice(people, "xa1", "Thôn Suối"))
    await people.press("xa1", await choice(people, "xa1", "Thành viên"))
    invitation = screen(await people.hear("xa1", "Mã mời thành viên", "https://zalo.me/"))
    await people.act("follow", "lan", bot="xa_mot")
    await people.say("lan", said_in(r"tham gia \w+", invitation))
    await people.hear("lan", "Bạn là ai", "Lò Thị Lan")
    await people.press("lan", "Lò Thị Lan")
    await people.hear("lan", "Chào mừng Lò Thị Lan", "thành viên của Thôn Suối")


async def choice(people: People, where: str, label: str) -> str:
    """The label, once a message offers it."""
    await people.hear(where, label)
    return label


async def groups_are_bound(people: People) -> None:
    for group, who, label, unit in (
        ("xa", "xa1", "✓ Xã Một", "Xã Một"),
        ("suoi", "hung", "Thôn Suối", "Thôn Suối"),
    ):
        await people.say("xa1", "gắn nhóm")
        await people.press("xa1", await choice(people, "xa1", label))
        code = said_in(r"/gannhom \w+", screen(await people.hear("xa1", "Mã gắn nhóm", unit)))
        await people.say(who, code, group)
        await people.hear(group, f"nhóm của {unit}")


# --- a document ---


async def describe_document(people: People, number: str) -> None:
    """Somebody describes a document, up to the question for its file."""
    who = "tinh" if people.username == "loa_bot" else "xa1"
    for answer, question in (
        ("gui van ban", "Số, ký hiệu"),
        (number, "ban hành ngày nào"),
        ("19/11/2026", "Cơ quan nào"),
        ("UBND", "Văn bản nói gì"),
        ("Kế hoạch tập huấn cho các tổ.", "Bạn gửi"),
    ):
        await people.say(who, answer)
        await people.hear(who, question)


async def a_document_goes_down(people: People) -> None:
    await describe_document(people, "12/KH-UBND")
    await people.send_file("xa1", "ke-hoach.pdf", PDF)
    await people.hear("xa1", "Mình đã nhận 1 tệp")
    await people.say("xa1", "xong")
    await people.press("xa1", await choice(people, "xa1", "✓ Xã Một (và tất cả bên dưới)"))
    await people.press("xa1", await choice(people, "xa1", "Thôn (2 đơn vị)"))
    await people.hear("xa1", "Sẽ gửi tới 1 nhóm")
    await people.press("xa1", "Gửi ngay")
    words = await people.hear("suoi", "Văn bản 12/KH-UBND", "Kế hoạch", "Đã nhận")
    assert "buttons" not in words
    file = next(each for each in await people.history("suoi") if "file" in each)
    assert (file["file"]["name"], await people.file(file)) == ("ke-hoach.pdf", PDF)
    await people.hear("xa1", "Đã gửi xong", "Đã tới nhóm: 1", "Đã báo nhận: 0/1")


async def it_is_acknowledged_by_word(people: People) -> None:
    await people.say("lan", "da nhan", "suoi")
    await people.hear("suoi", "Đã ghi nhận tổ đã nhận văn bản")
    await people.say("xa1", "tình hình")
    await people.hear("xa1", "Đã báo nhận: 1/1")


# --- questions ---


async def questions_are_answered(people: People) -> None:
    await people.say("lan", "cách tạo tài khoản dịch vụ công", "suoi")
    await people.say("lan", "/hoi cach tao tai khoan dich vu cong", "suoi")
    await people.hear("suoi", "Nguồn:")
    await people.say("lan", "tai khoan dinh danh")
    offer = await people.hear("lan", "Có phải bạn hỏi")
    await people.press("lan", offer["buttons"][0][0]["text"])
    await people.hear("lan", "Nguồn:")


# --- the report ---


async def the_report_is_begun(people: People) -> None:
    await people.hear("suoi", "Đã đến giờ", "Báo cáo ngay")
    await answers(people, ("bao cao", "1/7."), ("12 ho", "2/7."), ("muoi hai", "3/7."))


async def the_token_ends(people: People) -> None:
    """Zalo takes its access token back before its time; the refresh token holds."""
    await people.post("zalo_oa/tokens/end", bot="xa_mot")


async def pairs_given(people: People) -> int:
    """How many token pairs Zalo has given out."""
    entries = (await people.get("log?after=0&limit=1000"))["entries"]
    return sum(each["fact"] == "TokensGiven" for each in entries)


async def the_report_goes_on(people: People) -> None:
    await answers(people, ("3", "4/7."), ("không có", "5/7."), ("0", "6/7."))
    await answers(people, ("1.200", "7/7."))


async def the_report_is_handed_in(people: People, door: str) -> None:
    """The last answer came while Loa was down: Zalo brings it again half a minute later."""
    async with httpx.AsyncClient(transport=httpx.AsyncHTTPTransport(retries=8)) as http:
        assert (await http.get(f"{door}/healthz")).status_code == 200
    people.clock.advance(timedelta(seconds=30))
    await people.hear("suoi", "Bạn xem lại", "dịch vụ công trực tuyến: 12", "1.200")
    await people.say("lan", "gui bao cao", "suoi")
    await people.hear("suoi", "Đã nhận báo cáo tuần", "Thôn Suối", "Cảm ơn Lò Thị Lan")


# --- out of reach ---


async def who_may_not_be_written_to_is_asked_in_the_group(telegram: People, people: People) -> None:
    await describe_document(telegram, "13/KH-UBND")
    await telegram.press("tinh", "Không có tệp")
    for label in ("✓ Tỉnh Mẫu (và tất cả bên dưới)", "Thôn (3 đơn vị)", "Qua xã (xã thêm lời)"):
        await telegram.press("tinh", await choice(telegram, "tinh", label))
    await telegram.press("tinh", await choice(telegram, "tinh", "Gửi ngay"))
    await people.hear("xa", "Cán Bộ Xã", "ơi", "Tỉnh Mẫu nhờ Xã Một chuyển văn bản 13/KH-UBND")
    assert await people.told("xa1", "13/KH-UBND") == 0
    await people.say("xa1", "chuyen tiep", "xa")
    await people.hear("suoi", "Văn bản 13/KH-UBND")


async def two_messengers_become_one_person(telegram: People, people: People) -> None:
    await telegram.say("xa1", "lien ket")
    code = said_in(r"liên kết [A-Z0-9]{6,}", screen(await telegram.hear("xa1", "Mã liên kết")))
    await people.say("xa1", code)
    await people.press("xa1", await choice(people, "xa1", "Đúng là tôi"))
    await telegram.hear("xa1", "Đã liên kết")


async def what_is_private_goes_by_the_other_messenger(telegram: People, people: People) -> None:
    await people.say("lan", "/hoi quạt cây ở nhà văn hoá hỏng thì báo ai sửa", "suoi")
    await people.hear("suoi", "đã chuyển tới cán bộ điều phối")
    # Not always the first: on PostgreSQL a transaction that was tried again takes a number more.
    number = said_in(r"số (\d+)", screen(await telegram.hear("xa1", "Câu hỏi số", "quạt cây")))
    await telegram.say("xa1", f"tra loi #{number.removeprefix('số ')} Báo trưởng thôn nhé")
    await people.hear("suoi", "Báo trưởng thôn nhé", "quạt cây")
    assert await people.told("xa1", "Câu hỏi số") == 0


async def a_picture_goes_with_its_question(telegram: People, people: People) -> None:
    await people.send_file("lan", "bo.png", PNG, "con bò nhà em bị thế này là bệnh gì", "image/png")
    await people.hear("lan", "Ảnh, tệp bạn gửi được chuyển kèm")
    await telegram.hear("xa1", "con bò nhà em", "Có ảnh")
    shown = await telegram.hear("xa1", "")
    assert await telegram.file(shown) == PNG
    await telegram.say("xa1", "Gọi thú y xã nhé.", reply_to=shown["id"])
    await people.hear("lan", "Gọi thú y xã nhé.", "Vẫn chưa được")
    await people.press("lan", "Vẫn chưa được")
    await people.hear("lan", "mình đã báo lại Cán Bộ Xã")
    await telegram.hear("xa1", "con bò nhà em", "Người hỏi báo là chưa được")


async def nothing_came_twice(people: People) -> None:
    once = {
        "suoi": [
            "Văn bản 12/KH-UBND",
            "Văn bản 13/KH-UBND",
            "Đã đến giờ",
            "4/7.",
            "Đã nhận báo cáo",
            "trưởng thôn",
        ],
        "xa": ["Tỉnh Mẫu nhờ"],
        "lan": ["Chào mừng"],
    }
    for where, texts in once.items():
        for text in texts:
            assert await people.told(where, text) == 1, f"{text!r} in {where}"
