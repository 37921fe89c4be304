"""The chat page in a real browser, as a person uses it."""

import asyncio
import shutil
from collections.abc import Awaitable, Callable, Iterator

import pytest
from playwright.async_api import (
    Browser,
    ConsoleMessage,
    Page,
    Route,
    async_playwright,
    expect,
)
from playwright.async_api import TimeoutError as TooLateError

from tests.sandbox.stage import AN, GROUP, PRIVATE, Stage
from tests.sandbox.test_sending import picture, upload
from tests.sandbox.zalo_bot_stage import with_zalo

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
PHONE, DESKTOP = (390, 780), (1280, 800)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium: install Debian's package chromium"),
]

Open = Callable[..., Awaitable[Page]]


@pytest.fixture(scope="module")
def browser(runner: asyncio.Runner) -> Iterator[Browser]:
    play = runner.run(async_playwright().start())
    launched = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
    yield runner.run(launched)
    runner.run(play.stop())


@pytest.fixture
def open_page(stage: Stage, browser: Browser, runner: asyncio.Runner) -> Iterator[Open]:
    """Opens a place on the page; anything that the page complains about fails the test."""
    problems: list[str] = []
    context = runner.run(browser.new_context(locale="vi-VN"))

    def noted(line: ConsoleMessage) -> None:
        if line.type == "error":
            problems.append(line.text)

    async def opened(place: str = "", size: tuple[int, int] = DESKTOP) -> Page:
        page = await context.new_page()
        await page.set_viewport_size({"width": size[0], "height": size[1]})
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", noted)
        await page.goto(f"{stage.running.url}/{place}")
        return page

    yield opened
    runner.run(context.close())
    assert problems == []


async def test_a_person_is_chosen_and_talks_with_the_bot(stage: Stage, open_page: Open) -> None:
    page = await open_page()
    await page.get_by_role("searchbox", name="Tìm theo tên").fill("to truong")
    await page.get_by_role("option", name="Lò Thị An").click()
    await page.get_by_role("button", name="Mở liên kết").first.click()
    await page.get_by_role("button", name="Loa (@loa_bot)").click()
    await page.get_by_role("button", name="Bắt đầu").click()
    await expect(page.locator(".message.own")).to_contain_text("/start")
    buttons = {"inline_keyboard": [[{"text": "Đã nhận", "callback_data": "ok"}]]}
    await stage.call(
        "sendMessage",
        chat_id=AN,
        text="<b>Chào</b> &lt;img src=x onerror=alert(1)&gt;",
        parse_mode="HTML",
        reply_markup=buttons,
    )
    await expect(page.locator(".message strong", has_text="Chào")).to_be_visible()
    await expect(page.locator(".words img")).to_have_count(0)
    await page.get_by_role("button", name="Đã nhận").click()
    await expect(page.locator(".busy")).to_have_count(1)
    query = (await stage.updates())[-1]["callback_query"]
    await stage.call("answerCallbackQuery", callback_query_id=query["id"], text="Cảm ơn bạn")
    await expect(page.get_by_role("status").filter(has_text="Cảm ơn bạn")).to_be_visible()
    await expect(page.locator(".busy")).to_have_count(0)
    sent = {"chat_id": AN, "message_id": query["message"]["message_id"]}
    await stage.call("editMessageText", text="Đã ghi", **sent)
    await expect(page.locator(".message", has_text="Đã ghi")).to_contain_text("đã sửa")


async def test_writing_answering_and_editing_in_a_group(stage: Stage, open_page: Open) -> None:
    asked = await stage.call("sendMessage", chat_id=GROUP, text="Mấy hộ?")
    page = await open_page(f"#as={AN}&chat={GROUP}")
    await page.locator(".message", has_text="Mấy hộ?").hover()
    await page.get_by_role("button", name="Trả lời", exact=True).click()
    box = page.get_by_role("textbox", name="Viết tin nhắn")
    await box.fill("muoi hai")
    await box.press("Enter")
    await expect(page.locator(".own .quoted")).to_contain_text("Mấy hộ?")
    await expect(box).to_have_value("")
    await page.locator(".own").hover()
    await page.locator(".own").get_by_role("button", name="Sửa").click()
    await box.fill("12")
    await box.press("Enter")
    await expect(page.locator(".own .words")).to_have_text("12")
    (answer,) = (await stage.ask(f"/chats/{GROUP}/messages?limit=1"))["messages"]
    assert (answer["text"], answer["reply_to"]) == ("12", asked["message_id"])


async def test_files_come_and_go(stage: Stage, open_page: Open) -> None:
    files = {"document": ("Kế hoạch 793.pdf", b"%PDF-1.7", "application/pdf")}
    await upload(stage, "sendDocument", files, chat_id=GROUP)
    page = await open_page(f"#as={AN}&chat={GROUP}")
    async with page.expect_download() as download:
        await page.get_by_role("link", name="Kế hoạch 793.pdf").click()
    assert (await download.value).suggested_filename == "Kế hoạch 793.pdf"
    await page.locator("input[type=file]").set_input_files(
        {"name": "a.png", "mimeType": "image/png", "buffer": picture(40, 30)}
    )
    await page.get_by_role("button", name="Gửi").click()
    await expect(page.get_by_alt_text("Ảnh của Lò Thị An")).to_be_visible()
    await page.get_by_role("button", name="Nhãn dán").click()
    await page.get_by_role("menuitem", name="🙏").click()
    await expect(page.locator(".sticker")).to_have_text("🙏")


async def test_a_group_is_looked_after(stage: Stage, open_page: Open) -> None:
    page = await open_page(f"#as={AN}&chat={GROUP}")
    await page.get_by_role("button", name="Thông tin").click()
    row = page.locator(".person", has_text="Loa")
    await row.get_by_role("button", name="Đưa ra khỏi nhóm").click()
    await page.get_by_role("dialog").get_by_role("button", name="Đưa ra khỏi nhóm").click()
    await expect(page.locator(".service", has_text="đã đưa Loa ra khỏi nhóm")).to_be_visible()
    await page.get_by_role("button", name="Thêm bot Loa").click()
    await expect(page.locator(".service", has_text="đã thêm Loa")).to_be_visible()
    await page.get_by_role("button", name="Đổi thành nhóm lớn").click()
    await page.get_by_role("dialog").get_by_role("button", name="Đổi thành nhóm lớn").click()
    await expect(page.locator(".service", has_text="Nhóm lớn bắt đầu")).to_be_visible()
    assert "-100" in page.url


async def test_the_wall_shows_every_group_as_messages_arrive(stage: Stage, open_page: Open) -> None:
    groups = [
        {"title": f"Tổ {i}", "members": ["an"], "bots": ["loa_bot"], "folder": [f"Xã {i % 4}"]}
        for i in range(120)
    ]
    made = await stage.act("bulk", groups=groups, quiet=True)
    page = await open_page(f"#as={AN}&wall")
    await expect(page.get_by_role("status").filter(has_text="121 nhóm")).to_be_visible()
    assert 0 < await page.locator(".card").count() < 100
    sends = (stage.call("sendMessage", chat_id=chat, text="Văn bản mới") for chat in made["groups"])
    await asyncio.gather(*sends)
    await expect(page.get_by_text("120 / 121 nhóm có tin mới từ bot")).to_be_visible()
    await page.get_by_role("button", name="Xã 3 30/30").click()
    await expect(page.locator(".wall-folder")).to_have_count(1)
    await page.locator(".card", has_text="Tổ 3").first.click()
    await expect(page.locator(".message")).to_contain_text("Văn bản mới")


async def test_nothing_is_pressed_before_the_page_knows_its_reader(
    stage: Stage, open_page: Open
) -> None:
    page = await open_page(f"#as={AN}")
    await expect(page.locator("#me")).to_contain_text("Lò Thị An")
    asked, known = asyncio.Event(), asyncio.Event()

    async def slowly(route: Route) -> None:
        asked.set()
        await known.wait()
        await route.continue_()

    await page.route(f"**/sandbox/people/{AN}", slowly)
    await page.reload()
    await asked.wait()
    link = page.get_by_role("button", name="Mở liên kết").first
    with pytest.raises(TooLateError):
        await link.click(timeout=300)
    known.set()
    await link.click()
    await expect(page.get_by_role("dialog")).to_be_visible()


async def test_the_page_fits_a_phone(stage: Stage, open_page: Open) -> None:
    await stage.act("say", person=AN, bot="loa_bot", text="/start")
    for place in (f"#as={AN}", f"#as={AN}&chat={PRIVATE}", f"#as={AN}&wall"):
        page = await open_page(place, PHONE)
        await expect(page.locator(".chat:visible, .message, .card").first).to_be_visible()
        wide = "document.documentElement.scrollWidth > innerWidth"
        assert await page.evaluate(wide) is False


async def test_a_group_is_made_from_the_page(stage: Stage, open_page: Open) -> None:
    page = await open_page(f"#as={AN}")
    await page.get_by_role("button", name="Tạo mới").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("button", name="Nhóm", exact=True).click()
    await dialog.get_by_label("Tên nhóm").fill("Tổ thôn Đồng")
    await dialog.get_by_role("button", name="Tạo mới").click()
    await expect(page.get_by_role("heading", name="Tổ thôn Đồng")).to_be_visible()
    assert (await stage.updates())[0]["my_chat_member"]["chat"]["title"] == "Tổ thôn Đồng"


async def test_zalo_stands_beside_telegram(stage: Stage, open_page: Open) -> None:
    zalo = await with_zalo(stage)
    bots = [
        {"username": "oa", "name": "Sở KHCN", "token": "7200001:oa", "messenger": "zalo_oa"},
    ]
    gmf = {"title": "Tổ GMF", "members": ["an", "binh"], "bots": ["oa"], "messenger": "zalo_oa"}
    made = await stage.act("bulk", bots=bots, groups=[gmf], quiet=True)
    page = await open_page(f"#as={AN}&wall")
    for label in ("Nhóm Telegram", "Nhóm Zalo", "Nhóm GMF"):
        await expect(page.locator(".card .badge", has_text=label)).to_have_count(1)
        await expect(page.locator(".chat .badge", has_text=label)).to_have_count(1)
    page = await open_page(f"#as={AN}&chat={zalo.group}")
    await page.get_by_role("button", name="Nhắc tên").click()
    await expect(page.get_by_role("menuitem")).to_have_text(["Bot Loa", "Đỗ Văn Bình"])
    await page.get_by_role("menuitem", name="Bot Loa").click()
    box = page.get_by_role("textbox", name="Viết tin nhắn")
    await box.press_sequentially("bao gio hop?")
    await box.press("Enter")
    await expect(page.locator(".own .link")).to_have_text("@Bot Loa")
    await expect(page.locator(".own").get_by_role("button", name="Sửa")).to_have_count(0)
    assert (await zalo.next())["message"]["text"] == "@Bot Loa bao gio hop?"
    await page.get_by_role("button", name="Thông tin").click()
    await expect(page.get_by_role("button", name="Đổi thành nhóm lớn")).to_have_count(0)
    page = await open_page(f"#as={AN}&chat={made['groups'][0]}")
    await page.get_by_role("button", name="Nhắc tên").click()
    await expect(page.get_by_role("menuitem", name="Tất cả")).to_be_visible()


async def test_an_official_account_is_followed(stage: Stage, open_page: Open) -> None:
    await stage.act("bots", username="oa", name="Sở KHCN", messenger="zalo_oa")
    page = await open_page(f"#as={AN}")
    await page.get_by_role("button", name="Mở liên kết").first.click()
    await page.get_by_role("button", name="Sở KHCN · Zalo OA").click()
    await expect(page.locator("#chat-head .badge")).to_have_text("Zalo OA")
    await page.get_by_role("button", name="Quan tâm OA").click()
    await expect(page.get_by_text("Bạn chưa quan tâm")).to_have_count(0)
    await page.get_by_role("button", name="Thông tin").click()
    await page.get_by_role("button", name="Bỏ quan tâm").click()
    await expect(page.get_by_text("Bạn chưa quan tâm")).to_be_visible()
    await page.get_by_role("textbox", name="Viết tin nhắn").fill("chao ban")
    await page.get_by_role("button", name="Gửi").click()
    await expect(page.locator(".own .words")).to_have_text("chao ban")


async def test_pictures_and_files_go_to_a_bot_of_zalo(stage: Stage, open_page: Open) -> None:
    zalo = await with_zalo(stage)
    await zalo.rule(redelivery="never")
    page = await open_page(f"#as={AN}")
    await page.get_by_role("button", name="Mở liên kết").first.click()
    await page.get_by_role("button", name="Bot Loa · Zalo Bot").click()
    chosen = page.locator("input[type=file]")
    await chosen.set_input_files({"name": "a.png", "mimeType": "image/png", "buffer": picture()})
    await page.get_by_role("button", name="Gửi").click()
    await expect(page.get_by_alt_text("Ảnh của Lò Thị An")).to_be_visible()
    assert (await zalo.next())["event_name"] == "message.image.received"
    await chosen.set_input_files(
        {"name": "k.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7"}
    )
    await page.get_by_role("button", name="Gửi").click()
    await expect(page.get_by_role("link", name="k.pdf")).to_be_visible()
    assert (await zalo.next())["event_name"] == "message.unsupported.received"


async def test_a_zalo_group_is_made_from_the_page(stage: Stage, open_page: Open) -> None:
    await with_zalo(stage)
    page = await open_page(f"#as={AN}")
    await page.get_by_role("button", name="Tạo mới").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("button", name="Nhóm", exact=True).click()
    await dialog.get_by_label("Ứng dụng").select_option("Zalo Bot")
    await dialog.get_by_label("Tên nhóm").fill("Tổ thôn Đồng")
    await dialog.get_by_role("button", name="Tạo mới").click()
    await expect(page.locator("#chat-head .badge")).to_have_text("Nhóm Zalo")
    await expect(page.locator("#chat-head")).to_contain_text("2 thành viên")
