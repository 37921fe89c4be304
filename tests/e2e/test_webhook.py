"""Loa by webhook: the messenger brings the updates to Loa's own web server."""

from pathlib import Path

import httpx

from bot.house import House
from loa.channels import METRICS_TOKEN
from loa.settings import Settings
from tests.e2e.people import TOKEN, Clock, People
from tests.e2e.running import (
    ENVIRON,
    Loa,
    sandbox_people,
    settings_for,
    the_province_joins,
    with_door,
)

EVERYBODY = {"tinh": "Quản Trị", "nga": "Nga"}
WATCHMAN = "w4tchman"
FIGURES = {
    'loa_update_seconds_count{account="sandbox",outcome="worked"}',
    'loa_messages_total{account="sandbox",state="sent"}',
    'loa_send_seconds_count{account="sandbox",outcome="sent"}',
    'loa_job_seconds_count{job="launch",outcome="done"}',
    'loa_heard_timestamp_seconds{account="sandbox"}',
    'loa_account_refused{account="sandbox"}',
    "loa_database_up",
}
GROUPS = {"cho": ("Tổ Thôn Chợ", ["tinh", "nga"])}


def by_webhook(settings: Settings) -> Settings:
    """The same by webhook."""
    account = settings.accounts[0].model_copy(update={"receive": "webhook"})
    return with_door(settings.model_copy(update={"accounts": (account,)}))


async def test_updates_come_by_webhook_also_those_of_a_pause(
    url: str, house: House, tmp_path: Path
) -> None:
    clock = Clock()
    async with sandbox_people(clock) as (messenger, people):
        environ = ENVIRON | {METRICS_TOKEN: WATCHMAN}
        loa = Loa(by_webhook(settings_for(url, tmp_path, messenger)), house, clock, environ)
        await people.arrive(EVERYBODY, GROUPS)
        await loa.import_all()
        async with loa.running():
            await the_province_joins(people, loa)
            await a_stranger_at_the_door_is_refused(loa)
            await a_watchman_is_told_what_was_done(loa)
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


async def a_watchman_is_told_what_was_done(loa: Loa) -> None:
    bearer = {"Authorization": f"Bearer {WATCHMAN}"}
    async with httpx.AsyncClient(base_url=loa.settings.web.public_url, verify=False) as http:
        assert (await http.get("/readyz")).text == "ready"
        assert (await http.get("/metrics")).status_code == 401
        # A message is heard a moment before Loa knows that it was sent.
        while not names((await http.get("/metrics", headers=bearer)).text) >= FIGURES:
            pass


def names(text: str) -> set[str]:
    """What is told, each with its labels and without its value."""
    return {line.rpartition(" ")[0] for line in text.splitlines()}


async def nothing_waits(people: People) -> None:
    info = (await people.http.get(f"/bot{TOKEN}/getWebhookInfo")).json()["result"]
    assert (info["pending_update_count"], info["url"].rpartition("/")[2]) == (0, "sandbox")
