"""The channel of an Official Account "Loa OA" on a sandbox, with An, Bình and their group."""

from dataclasses import dataclass
from typing import Any

from bot.channels.zalo_oa import ZaloOaChannel
from sandbox.journal import Entry
from sandbox.zalo_oa import ids
from sandbox.zalo_oa.events import Hearing
from tests.sandbox.stage import AN, BINH, Stage

OA = 7_200_001
PRESS_KEY = b"k" * 32
AN_ID, BINH_ID, OA_ID = ids.user_id(AN), ids.user_id(BINH), ids.oa_id(OA)


@dataclass
class Given:
    """A token that somebody gave, and those that follow it."""

    tokens: list[str]
    refused: int = 0

    async def current(self) -> str:
        return self.tokens[0]

    async def renewed(self, stale: str) -> str:
        self.refused += 1
        if self.tokens[0] == stale and len(self.tokens) > 1:
            self.tokens.pop(0)
        return self.tokens[0]

    async def keep_fresh(self) -> None: ...

    async def close(self) -> None: ...


@dataclass(frozen=True)
class OaStage:
    """`chat` is the world's id of the group, `group` that which Loa has."""

    stage: Stage
    channel: ZaloOaChannel
    tokens: Given
    chat: str
    heard: list[dict[str, Any]]
    """The bodies of all that its webhook would be told."""

    @property
    def group(self) -> str:
        return f"group:{ids.group_id(self.chat)}"

    async def rule(self, **console: object) -> dict[str, Any]:
        return await self.stage.act("zalo_oa", bot="loa_oa", **console)

    async def say(self, text: str, person: int = AN) -> None:
        """Somebody writes to the account alone."""
        await self.stage.act("say", person=person, bot="loa_oa", text=text)

    async def fault(self, kind: str, **fault: object) -> None:
        await self.stage.act("faults", kind=kind, bot="loa_oa", **fault)

    async def seen(self, chat: str = "", count: int = 1) -> list[dict[str, Any]]:
        """The last messages of the group, or of another chat."""
        page = await self.stage.ask(f"/chats/{chat or self.chat}/messages?limit={count}")
        messages: list[dict[str, Any]] = page["messages"]
        return messages


PRIVATE = f"{AN}:{OA}"


async def make_account(stage: Stage) -> str:
    """The account and its group, in the world; the group's id there."""
    bot = {"username": "loa_oa", "name": "Loa OA", "token": f"{OA}:x", "messenger": "zalo_oa"}
    group = {"title": "Tổ công nghệ số 1", "members": ["an", "binh"], "bots": ["loa_oa"]}
    made = await stage.act(
        "bulk", bots=[bot], groups=[group | {"messenger": "zalo_oa"}], quiet=True
    )
    chat: str = made["groups"][0]
    return chat


async def on_oa_stage(stage: Stage) -> OaStage:
    """The account at work; its channel has to be closed."""
    chat = await make_account(stage)
    pair = await stage.act("zalo_oa/tokens", bot="loa_oa")
    tokens = Given([pair["access_token"]])
    channel = await ZaloOaChannel.open(
        "zalo-oa", tokens, stage.running.zalo_oa, 25, press_key=PRESS_KEY
    )
    return OaStage(stage, channel, tokens, chat, _listen(stage))


def _listen(stage: Stage) -> list[dict[str, Any]]:
    world, heard = stage.running.sandbox.world, list[dict[str, Any]]()
    hearing = Hearing(world, stage.running.sandbox.zalo_oa.consoles)

    def hear(entry: Entry) -> None:
        at = {"timestamp": str(round(entry.at * 1000))}
        heard.extend(body | at for _, _, body in hearing.told(entry.fact))

    world.listeners.append(hear)
    return heard
