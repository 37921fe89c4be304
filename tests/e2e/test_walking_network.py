"""A province coordinates its teams: the whole of it, end to end, played by people in the sandbox.

Everything that happens is done as people do it, by the sandbox's control API over HTTP; Loa runs
under its real roof, is stopped in the middle of everything and goes on where it was.
"""

from pathlib import Path

from bot.house import House
from domain.people import Role
from tests.e2e.people import AFTERNOON, FOUR, PDF, Clock, People, answers, said_in, screen
from tests.e2e.running import Loa, sandbox_people, settings_for

EVERYBODY = {
    "tinh": "Quản Trị",
    "xa1": "Cán Bộ Xã",
    "lan": "Lan",
    "hung": "Hùng",
    "nga": "Nga",
}
GROUPS = {
    "suoi": ("Tổ Thôn Suối", ["xa1", "lan", "hung"]),
    "doi": ("Tổ Thôn Đồi", ["xa1", "hung"]),
    "cho": ("Tổ Thôn Chợ", ["tinh", "nga"]),
}


async def test_a_province_coordinates_its_teams(url: str, house: House, tmp_path: Path) -> None:
    clock = Clock()
    clock.set(AFTERNOON)
    async with sandbox_people(clock) as (messenger, people):
        loa = Loa(settings_for(url, tmp_path, messenger), house, clock)
        await people.arrive(EVERYBODY, GROUPS)
        await loa.import_all()
        async with loa.running():
            await everybody_joins(people, loa)
            await groups_are_bound(people)
            await a_document_goes_down(people)
            await groups_acknowledge(people)
            await questions_are_answered(people)
            await a_question_becomes_a_ticket(people)
        await people_go_on_while_loa_is_down(people)
        clock.set(FOUR)
        async with loa.running():
            await nothing_was_lost(people)
            await a_report_is_begun(people)
        await people.say("lan", "3", "suoi")
        async with loa.running():
            await the_report_goes_on(people)
            await it_is_corrected_and_handed_in(people)
            await the_sums_are_seen(people)
            await a_document_is_prepared(people)
        await some_leave_while_it_is_sent(people)
        async with loa.running():
            await who_was_not_reached_is_named(people)
            await questions_go_round_who_left(people)
        await nothing_came_twice(people)


def link_in(text: str) -> str:
    return said_in(r"https://t\.me/\S+", text)


def code_in(text: str) -> str:
    return link_in(text).rpartition("=")[2]


# --- joining ---


async def everybody_joins(people: People, loa: Loa) -> None:
    code = await loa.invite("08", Role.ADMINISTRATOR)
    await people.open("tinh", f"https://t.me/loa_bot?start={code}")
    await people.hear("tinh", "Chào mừng Quản Trị", "quản trị của Tỉnh Mẫu")
    await invited(people, "tinh", ["Xã Một", "✓ Xã Một"], "Điều phối", "xa1")
    await people.hear("xa1", "Chào mừng Cán Bộ Xã", "điều phối của Xã Một")
    await people.hear("xa1", "Dành cho điều phối")
    await invited(people, "xa1", ["Thôn Suối"], "Thành viên", "lan")
    await people.hear("lan", "Bạn là ai", "Lò Thị Lan", "Không có tên tôi")
    await people.press("lan", "Lò Thị Lan")
    await people.hear("lan", "Chào mừng Lò Thị Lan", "thành viên của Thôn Suối")
    await people.open("nga", f"https://t.me/loa_bot?start={code}")
    await people.hear("nga", "đã có người dùng")


async def invited(people: People, by: str, path: list[str], role: str, guest: str) -> None:
    """Somebody makes a code for a unit, found by these buttons; the guest follows its link."""
    await people.say(by, "mời")
    for label in path:
        await people.hear(by, label)
        await people.press(by, label)
    await people.hear(by, "với vai trò gì", role)
    await people.press(by, role)
    await people.open(guest, link_in(screen(await people.hear(by, f"Mã mời {role.lower()}"))))


async def groups_are_bound(people: People) -> None:
    link = link_in(await group_code(people, "xa1", ["Thôn Suối"]))
    await people.open("xa1", link, "suoi")
    await people.hear("suoi", "nhóm của Thôn Suối")
    code = code_in(await group_code(people, "xa1", ["Thôn Đồi"]))
    await people.add_bot("xa1", "doi")
    await people.hear("doi", "chưa gắn với đơn vị nào")
    await people.say("hung", f"/gannhom {code}", "doi")
    await people.hear("doi", "nhóm của Thôn Đồi")
    code = code_in(await group_code(people, "tinh", ["Xã Hai", "Thôn Chợ"]))
    await people.add_bot("tinh", "cho")
    await people.say("nga", f"/gannhom@loa_bot {code}", "cho")
    await people.hear("cho", "nhóm của Thôn Chợ")


async def group_code(people: People, by: str, path: list[str]) -> str:
    await people.say(by, "gan nhom")
    for label in path:
        await people.hear(by, label)
        await people.press(by, label)
    return screen(await people.hear(by, "Mã gắn nhóm", path[-1]))


# --- a document goes down ---


async def describe_document(people: People, number: str, summary: str) -> None:
    """The province describes a document, up to the question for its file."""
    for answer, question in (
        (number, "ban hành ngày nào"),
        ("19/11/2026", "Cơ quan nào"),
        ("UBND tỉnh", "Văn bản nói gì"),
        (summary, "Bạn gửi tệp"),
    ):
        await people.say("tinh", answer)
        await people.hear("tinh", question)


async def aim_at_villages(people: People) -> None:
    await people.hear("tinh", "✓ Tỉnh Mẫu (và tất cả bên dưới)")
    await people.press("tinh", "✓ Tỉnh Mẫu (và tất cả bên dưới)")
    await people.hear("tinh", "Gửi tới cấp nào", "Thôn (3 đơn vị)")
    await people.press("tinh", "Thôn (3 đơn vị)")


async def a_document_goes_down(people: People) -> None:
    await people.say("tinh", "gui van ban")
    await people.hear("tinh", "Số, ký hiệu")
    await describe_document(people, "12/KH-UBND", "Kế hoạch tập huấn cho các tổ.")
    await people.send_file("tinh", "ke-hoach.pdf", PDF)
    await people.hear("tinh", "Mình đã nhận 1 tệp", "Xong")
    await people.say("tinh", "xong")
    await aim_at_villages(people)
    preview = await people.hear("tinh", "Văn bản 12/KH-UBND")
    assert await people.file(preview) == PDF
    await people.hear("tinh", "Sẽ gửi tới 3 nhóm")
    await people.press("tinh", "Gửi ngay")
    await people.hear("tinh", "Mình đang gửi tới 3 nhóm")
    for group in GROUPS:
        message = await people.hear(group, "Văn bản 12/KH-UBND", "Kế hoạch", "✓ Đã nhận")
        assert (message["file"]["name"], await people.file(message)) == ("ke-hoach.pdf", PDF)
    await people.hear("tinh", "Đã gửi xong", "Đã tới nhóm: 3", "Đã báo nhận: 0/3")
    picture = await people.hear("tinh", "Văn bản 12/KH-UBND, theo đơn vị")
    assert (await people.file(picture)).startswith(b"\x89PNG")


async def groups_acknowledge(people: People) -> None:
    await people.noticed(await people.press("lan", "✓ Đã nhận", "suoi"), "Đã ghi nhận")
    await people.noticed(await people.press("lan", "✓ Đã nhận", "suoi"), "báo nhận văn bản này rồi")
    await people.say("hung", "da nhan", "doi")
    await people.hear("doi", "Đã ghi nhận tổ đã nhận văn bản")
    await people.say("tinh", "tình hình")
    await people.hear(
        "tinh",
        "Đã báo nhận: 2/3",
        "1 đơn vị đã nhận tin nhưng chưa báo nhận",
        "Thôn Chợ, Xã Hai",
        "Xã Một: 2/2 báo nhận",
        "Xã Hai: 0/1 báo nhận",
    )


# --- questions ---


async def questions_are_answered(people: People) -> None:
    await people.say("lan", "làm sao để tạo tài khoản dịch vụ công trực tuyến")
    await people.hear("lan", "Nguồn:")
    await people.say("hung", "/hoi@loa_bot cach tao tai khoan dich vu cong", "suoi")
    await people.hear("suoi", "Nguồn:")
    await people.say("hung", "@loa_bot cách tạo tài khoản dịch vụ công", "suoi")
    await people.hear("suoi", "Nguồn:")


async def a_question_becomes_a_ticket(people: People) -> None:
    await people.say("lan", "/hoi quạt cây ở nhà văn hoá hỏng thì báo ai sửa", "suoi")
    await people.hear("suoi", "chưa biết", "câu hỏi số 1")
    await people.hear("xa1", "Câu hỏi số 1", "Lò Thị Lan", "Thôn Suối", "quạt cây")


# --- Loa is down, and people go on ---


async def people_go_on_while_loa_is_down(people: People) -> None:
    ticket = next(m for m in await people.history("xa1") if "Câu hỏi số 1" in screen(m))
    await people.say("xa1", "Báo trưởng thôn để xã cử thợ nhé.", reply_to=ticket["id"])
    await people.press("nga", "✓ Đã nhận", "cho")
    await people.say("hung", "chiều nay họp nhé", "doi")
    await people.upgrade("xa1", "doi")
    await people.say("hung", "/toi", "doi")


async def nothing_was_lost(people: People) -> None:
    """What people wrote is worked off, and the hour that came meanwhile is not missed.

    The prompts and the answers leave at the same time, so they come in any order.
    """
    await people.find("suoi", "Lò Thị Lan ơi", "Báo trưởng thôn để xã cử thợ nhé.", "quạt cây")
    await people.find("xa1", "Đã chuyển câu trả lời tới Lò Thị Lan")
    await people.find("doi", "Nhóm này là của Thôn Đồi")
    for group in GROUPS:
        await people.find(group, "Đã đến giờ", "16/11/2026 – 22/11/2026", "Báo cáo ngay")
    await people.say("tinh", "ai chưa nhận")
    await people.hear("tinh", "Đã báo nhận: 3/3")


# --- a report goes up ---


async def a_report_is_begun(people: People) -> None:
    await people.press("lan", "Báo cáo ngay", "suoi")
    await people.hear("suoi", "1/7.", "dịch vụ công")
    await answers(
        people, ("12 hộ", "2/7."), ("nhiều lắm", "chưa thấy con số"), ("muoi hai", "3/7.")
    )


async def the_report_goes_on(people: People) -> None:
    await people.hear("suoi", "4/7.")
    await answers(people, ("không có", "5/7."), ("0", "6/7."), ("1.200", "7/7."))
    await people.say("lan", "bỏ qua", "suoi")
    await people.hear(
        "suoi", "Bạn xem lại", "dịch vụ công trực tuyến: 12", "nền tảng số khác: 1.200"
    )


async def it_is_corrected_and_handed_in(people: People) -> None:
    await people.press("lan", "Sửa", "suoi")
    await people.hear("suoi", "muốn sửa câu nào")
    await people.say("lan", "1", "suoi")
    await people.hear("suoi", "1/7.")
    await answers(people, ("hai mươi mốt", "dịch vụ công trực tuyến: 21"))
    await people.press("lan", "Gửi báo cáo", "suoi")
    await people.hear("suoi", "Đã nhận báo cáo tuần", "Thôn Suối", "Cảm ơn Lò Thị Lan")


async def the_sums_are_seen(people: People) -> None:
    await people.say("xa1", "tổng hợp")
    await people.hear("xa1", "Xã Một", "Đã báo cáo: 1/2", "dịch vụ công trực tuyến: 21")
    await people.hear("xa1", "1 đơn vị chưa báo cáo", "Thôn Đồi")
    await people.say("tinh", "tong hop")
    await people.hear("tinh", "Đã báo cáo: 1/3", "thanh toán trực tuyến: 3", "Xã Hai: 0/1")
    await people.hear("tinh", "2 đơn vị chưa báo cáo", "Thôn Đồi", "Thôn Chợ")


# --- some are out of reach ---


async def a_document_is_prepared(people: People) -> None:
    await people.say("tinh", "gửi văn bản")
    await people.hear("tinh", "12/KH-UBND", "Văn bản mới")
    await people.press("tinh", "+ Văn bản mới")
    await people.hear("tinh", "Số, ký hiệu")
    await describe_document(people, "13/TB-UBND", "Họp tổ sáng thứ bảy.")
    await people.press("tinh", "Không có tệp")
    await aim_at_villages(people)
    await people.hear("tinh", "Sẽ gửi tới 3 nhóm")


async def some_leave_while_it_is_sent(people: People) -> None:
    """The document is confirmed, and then Loa is put out of one group and blocked by somebody."""
    await people.press("tinh", "Gửi ngay")
    await people.remove_bot("tinh", "cho")
    await people.act("block", "xa1", bot="loa_bot")


async def who_was_not_reached_is_named(people: People) -> None:
    for group in ("suoi", "doi"):
        await people.hear(group, "Văn bản 13/TB-UBND", "✓ Đã nhận")
    await people.hear("tinh", "Đã gửi xong", "Đã tới nhóm: 2", "Không tới được: 1")
    await people.say("tinh", "tình hình")
    await people.press("tinh", (await labels(people, "tinh", "13/TB-UBND, gửi"))[0])
    await people.hear("tinh", "1 đơn vị chưa chắc nhận được", "Thôn Chợ, Xã Hai", "khỏi nhóm")
    await people.say("tinh", "gửi văn bản")
    await people.press("tinh", (await labels(people, "tinh", "13/TB-UBND"))[0])
    await aim_at_villages(people)
    await people.hear("tinh", "Sẽ gửi tới 2 nhóm", "1 đơn vị chưa có nhóm")
    await people.say("tinh", "thôi")
    await people.hear("tinh", "Mình dừng ở đây")


async def labels(people: People, where: str, text: str) -> list[str]:
    """The buttons with that text of the next message that has one."""
    return [line for line in screen(await people.hear(where, text)).splitlines() if text in line]


async def questions_go_round_who_left(people: People) -> None:
    """The commune's coordinator is out of reach, so the province is asked."""
    await people.say("lan", "/hoi cái loa phường bị rè tiếng thì làm thế nào", "suoi")
    await people.hear("suoi", "câu hỏi số 2")
    await people.hear("tinh", "Câu hỏi số 2", "rè tiếng")
    await people.act("unblock", "xa1", bot="loa_bot")
    await people.say("xa1", "tra loi #2 Báo xã để sửa nhé")
    await people.hear("suoi", "Báo xã để sửa nhé", "rè tiếng")


async def nothing_came_twice(people: People) -> None:
    once = {
        "suoi": ["12/KH-UBND", "13/TB-UBND", "Đã đến giờ", "xã cử thợ", "Đã nhận báo cáo", "4/7."],
        "doi": ["13/TB-UBND", "Đã đến giờ", "Nhóm này là của Thôn Đồi"],
        "cho": ["12/KH-UBND", "Đã đến giờ"],
        "xa1": ["Chào mừng", "Câu hỏi số 1"],
        "lan": ["Chào mừng"],
    }
    for where, texts in once.items():
        for text in texts:
            assert await people.told(where, text) == 1, f"{text!r} in {where}"
    assert await people.told("cho", "13/TB-UBND") == 0
