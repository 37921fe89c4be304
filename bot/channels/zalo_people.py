"""The people of an Official Account: those who follow it, and what they are called."""

import asyncio
import json
from collections import OrderedDict
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from bot.channels.zalo_groups import PAGE, ZaloGroups
from bot.channels.zalo_oa_api import OaApi
from domain.channel import Lost, SendError

REMEMBERED = 10_000
NAME_SECONDS = 3.0
"""How long somebody's message waits for their name."""


class ZaloPeople:
    """Asks for names, which no webhook tells, and remembers those it has heard."""

    def __init__(self, api: OaApi, groups: ZaloGroups) -> None:
        self._api = api
        self._groups = groups
        self._names: OrderedDict[str, str] = OrderedDict()

    async def name_of(self, group_id: str, person_id: str) -> str:
        """What somebody is called, met in a group or, without its id, in private.

        Empty where the platform does not say. Never raises.
        """
        if not self._names.get(person_id):
            with suppress(SendError, TimeoutError):
                async with asyncio.timeout(NAME_SECONDS):
                    await self._ask(group_id, person_id)
        return self._names.get(person_id, "")

    async def _ask(self, group_id: str, person_id: str) -> None:
        if group_id:
            with suppress(SendError):
                for each, name in (await self._groups.names(group_id)).items():
                    self._remember(each, name)
        if not self._names.get(person_id):
            self._remember(person_id, str((await self._detail(person_id))["display_name"]))

    async def followers(self, offset: int = 0) -> list[str]:
        """The ids of up to 50 followers from that place on; raises a `SendError`."""
        asked = {"offset": offset, "count": PAGE, "is_follower": "true"}
        answer = await self._api.get("/v3.0/oa/user/getlist", {"data": json.dumps(asked)})
        return [str(user["user_id"]) for user in (answer or {}).get("users") or ()]

    async def last_heard(self, person_id: str) -> datetime | None:
        """When somebody last turned to the account, if ever; raises a `SendError`."""
        answer = await self._api.post("/v3.0/oa/quota/message", {"user_id": person_id})
        milliseconds = (answer or {}).get("last_interaction")
        return datetime.fromtimestamp(int(milliseconds) / 1000, UTC) if milliseconds else None

    async def _detail(self, person_id: str) -> dict[str, Any]:
        query = {"data": json.dumps({"user_id": person_id})}
        answer = await self._api.get("/v3.0/oa/user/detail", query)
        if not isinstance(answer, dict) or "display_name" not in answer:
            raise Lost("the answer about a person cannot be read")
        return answer

    def _remember(self, person_id: str, name: str) -> None:
        self._names[person_id] = name
        if len(self._names) > REMEMBERED:
            self._names.popitem(last=False)
