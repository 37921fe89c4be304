"""An Official Account on the stage: a bot's client with its token, and a door for its events."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
from aiohttp import web

from tests.sandbox.stage import Stage
from tests.sandbox.webhook_door import Door, open_door

USERNAME = "xa_son_duong"
MADE = {
    "bots": [{"username": USERNAME, "name": "Xã Sơn Dương", "messenger": "zalo_oa"}],
    "groups": [
        {
            "key": "gmf",
            "title": "Tổ Zalo 1",
            "members": ["an", "binh"],
            "bots": [USERNAME],
            "messenger": "zalo_oa",
        }
    ],
    "quiet": True,
}
Json = dict[str, Any]


@dataclass(frozen=True)
class Oa:
    """`chat` is the world's id of the group, `group` Zalo's; `an` and `binh` are user_ids."""

    stage: Stage
    access: str
    refresh: str
    oa_id: str
    chat: str
    group: str
    an: str
    binh: str

    async def raw(self, path: str, /, body: object = None, **query: object) -> httpx.Response:
        """A POST of the body or, without one, a GET."""
        headers = {"access_token": self.access}
        url = f"/zalo/oa{path}"
        if body is None:
            params = {name: str(value) for name, value in query.items()}
            return await self.stage.http.get(url, params=params, headers=headers)
        return await self.stage.http.post(url, json=body, headers=headers)

    async def call(self, path: str, /, body: object = None, **query: object) -> Any:
        """The `data` of a call that must succeed."""
        response = await self.raw(path, body, **query)
        answer = response.json()
        assert (response.status_code, answer["error"], answer["message"]) == (200, 0, "Success"), (
            answer
        )
        return answer.get("data")

    async def fail(self, path: str, /, body: object = None, **query: object) -> int:
        """The code of a call that must fail, on HTTP 200."""
        response = await self.raw(path, body, **query)
        assert response.status_code == 200
        code: int = response.json()["error"]
        assert code < 0
        return code

    def to_person(self, message: object, user: str = "") -> Json:
        return {"recipient": {"user_id": user or self.an}, "message": message}

    def to_group(self, message: object, group: str = "") -> Json:
        return {"recipient": {"group_id": group or self.group}, "message": message}

    async def upload(self, kind: str, name: str, data: bytes) -> Json:
        """The whole answer of an upload."""
        answer = await self.stage.http.post(
            f"/zalo/oa/v2.0/oa/upload/{kind}",
            files={"file": (name, data)},
            headers={"access_token": self.access},
        )
        found: Json = answer.json()
        return found

    async def set(self, **console: object) -> Json:
        return await self.stage.act("zalo_oa", bot=USERNAME, **console)

    async def last(self, chat: str) -> Json:
        """The last message of a chat of the world."""
        messages: list[Json] = (await self.stage.ask(f"/chats/{chat}/messages"))["messages"]
        return messages[-1]


async def oa_on(stage: Stage) -> Oa:
    made = await stage.act("bulk", **MADE)
    pair = await stage.act("zalo_oa/tokens", bot=USERNAME)
    ids = await stage.ask("/zalo_oa/ids")
    chat = made["groups"][0]
    an, binh = list(ids["people"].values())[:2]
    access, refresh = pair["access_token"], pair["refresh_token"]
    return Oa(stage, access, refresh, pair["oa_id"], chat, ids["groups"][chat], an, binh)


@dataclass(frozen=True)
class Came:
    """An event as it came."""

    raw: bytes
    headers: dict[str, str]

    @property
    def event(self) -> Json:
        found: Json = json.loads(self.raw)
        return found

    @property
    def name(self) -> str:
        return str(self.event["event_name"])


@dataclass
class EventDoor(Door):
    """Keeps events as they come; the first `slow` ones get no answer."""

    slow: int = 0
    events: "asyncio.Queue[Came]" = field(default_factory=asyncio.Queue)
    closing: asyncio.Event = field(default_factory=asyncio.Event)

    async def take(self, request: web.Request) -> web.Response:
        self.events.put_nowait(Came(await request.read(), dict(request.headers)))
        if self.slow:
            self.slow -= 1
            await self.closing.wait()
        return await super().take(request)

    async def names(self, count: int) -> list[str]:
        return [(await self.events.get()).name for _ in range(count)]

    async def next(self, name: str) -> Json:
        """The next event of this name; others are passed over."""
        while (came := await self.events.get()).name != name:
            pass
        return came.event


@asynccontextmanager
async def door_of(
    oa: Oa, *statuses: int, slow: int = 0, **console: object
) -> AsyncIterator[EventDoor]:
    """The account's webhook, for as long as the block runs."""
    door = EventDoor(slow=slow)
    async with open_door(*(web.Response(status=each) for each in statuses), door=door):
        await oa.set(webhook=door.url, **console)
        try:
            yield door
        finally:
            door.closing.set()
