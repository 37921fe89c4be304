"""A bot of Zalo's Bot Platform in the small world: "Bot Loa", An and Bình, and their group."""

from dataclasses import dataclass
from typing import Any

import httpx

from sandbox.zalo_bot import names
from tests.sandbox.stage import AN, BINH, Stage

TOKEN = "7100001:abc-xyz"
BOT = 7_100_001
PRIVATE = f"{AN}:{BOT}"
AN_ID, BINH_ID = names.of_person(AN), names.of_person(BINH)
CALLED = "@Bot Loa "


@dataclass(frozen=True)
class ZaloStage:
    """`group` is the world's id of the group, `group_id` the platform's."""

    stage: Stage
    group: str

    @property
    def group_id(self) -> str:
        world = self.stage.running.sandbox.world
        return names.of_chat(world, world.chats[self.group])

    @property
    def link(self) -> str:
        return names.link_of(self.stage.running.sandbox.world.bots[BOT])

    async def rule(self, **rules: object) -> dict[str, Any]:
        """Set the platform's switches."""
        return await self.stage.act("zalo_bot", **rules)

    async def raw(self, method: str, /, token: str = TOKEN, **params: Any) -> httpx.Response:
        return await self.stage.http.post(f"/zalo/bot/bot{token}/{method}", json=params)

    async def call(self, method: str, /, **params: Any) -> Any:
        answer = (await self.raw(method, **params)).json()
        assert answer["ok"], answer
        return answer.get("result")

    async def fail(self, method: str, /, **params: Any) -> tuple[int, int, str]:
        """The HTTP status, code and description of a call that must fail."""
        response = await self.raw(method, **params)
        body = response.json()
        assert body["ok"] is False
        return response.status_code, body["error_code"], body["description"]

    async def say(self, text: str, person: int = AN, **more: object) -> dict[str, Any]:
        """Somebody writes to the bot alone."""
        return await self.stage.act("say", person=person, bot="bot_loa", text=text, **more)

    async def say_in_group(self, text: str, person: int = AN, **more: object) -> dict[str, Any]:
        return await self.stage.act("say", person=person, chat=self.group, text=text, **more)

    async def upload(self, file: tuple[str, bytes, str], **fields: str) -> None:
        form = {"person": str(AN), "bot": "bot_loa"} | fields
        answer = await self.stage.http.post("/sandbox/say", data=form, files={"file": file})
        assert answer.status_code == 200, answer.text

    async def next(self) -> dict[str, Any]:
        update: dict[str, Any] = await self.call("getUpdates", timeout="5")
        return update

    async def nothing(self) -> bool:
        code: int = (await self.raw("getUpdates", timeout="0")).json()["error_code"]
        return code == 408

    async def seen(self, chat: str = "") -> dict[str, Any]:
        """The last message of a chat, the group's when none is named."""
        page = await self.stage.ask(f"/chats/{chat or self.group}/messages?limit=1")
        message: dict[str, Any] = page["messages"][-1]
        return message


async def with_zalo(stage: Stage) -> ZaloStage:
    """The bot and its group, added to a stage."""
    bot = {"username": "bot_loa", "name": "Bot Loa", "token": TOKEN, "messenger": "zalo_bot"}
    group = {"title": "Tổ công nghệ số 1", "members": ["an", "binh"], "bots": ["bot_loa"]}
    made = await stage.act(
        "bulk", bots=[bot], groups=[group | {"messenger": "zalo_bot"}], quiet=True
    )
    return ZaloStage(stage, made["groups"][0])
