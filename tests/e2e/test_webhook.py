"""Loa by webhook: the messenger brings the updates to Loa's own web server."""

from datetime import UTC, datetime
from pathlib import Path

import httpx

from bot.house import House
from domain.people import Role
from loa.settings import Settings
from tests.e2e.people import TOKEN, Clock, People
from tests.e2e.running import Loa, sandbox_people, settings_for

EVERYBODY = {"tinh": "Quản Trị", "nga": "Nga"}
GROUPS = {"cho": ("Tổ Thôn Chợ", ["tinh", "nga"])}


def by_webhook(settings: Settings) -> Settings:
    """The same by webhook. The sandbox, unlike Telegram, knocks without https on this machine."""
    web = settings.web.model_copy(
        update={"public_url": f"http://{settings.web.host}:{settings.web.port}"}
    )
    account = settings.accounts[0].model_copy(update={"receive": "webhook"})
    return settings.model_copy(update={"web": web, "accounts": (account,)})


async def test_updates_come_by_webhook_also_those_of_a_pause(
    url: str, house: House, tmp_path: Path
) -> None:
    clock = Clock(lambda: datetime.now(UTC))
    async with sandbox_people(clock) as (messenger, people):
        loa = Loa(by_webhook(settings_for(url, tmp_path, messenger)), house, clock)
        await people.arrive(EVERYBODY, GROUPS)
        await loa.import_all()
        code = await loa.invite("08", Role.ADMINISTRATOR)
        async with loa.running():
            await people.open("tinh", f"https://t.me/loa_bot?start={code}")
            await people.hear("tinh", "Chào mừng Quản Trị")
            await a_stranger_at_the_door_is_refused(loa)
        await people.say("nga", "/start")
        await people.add_bot("tinh", "cho")
        async with loa.running():
            await people.hear("nga", "Chào Nga")
            await people.hear("cho", "chưa gắn với đơn vị nào")
        await nothing_waits(people)


async def a_stranger_at_the_door_is_refused(loa: Loa) -> None:
    url = f"{loa.settings.web.public_url}/hook/telegram/sandbox"
    async with httpx.AsyncClient(verify=False) as http:
        answer = await http.post(
            url, json={"update_id": 1}, headers={"X-Telegram-Bot-Api-Secret-Token": "x"}
        )
    assert answer.status_code == 403


async def nothing_waits(people: People) -> None:
    info = (await people.http.get(f"/bot{TOKEN}/getWebhookInfo")).json()["result"]
    assert (info["pending_update_count"], info["url"].rpartition("/")[2]) == (0, "sandbox")
