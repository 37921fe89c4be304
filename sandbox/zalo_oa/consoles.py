"""What the owners of all accounts have set, and the assets that their groups take up."""

import hashlib

from sandbox.aliases import digits_of
from sandbox.facts import Bot
from sandbox.journal import Entry
from sandbox.world import World
from sandbox.zalo_oa.facts import Asset, Console, ConsoleSet, Housed


def usual(bot: Bot) -> Console:
    """The console of an account of which nothing was set: its secrets follow from its token."""
    return Console(
        digits_of(bot.id, "zalo app"),
        _secret(bot, "app secret"),
        _secret(bot, "oa secret"),
        assets=(Asset(_secret(bot, "asset")),),
    )


def _secret(bot: Bot, what: str) -> str:
    return hashlib.sha256(f"{what} {bot.token}".encode()).hexdigest()[:20]


class Consoles:
    """`assets` are those taken up, by the chat id of the group."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._set: dict[int, Console] = {}
        self.assets: dict[str, Asset] = {}
        world.listeners.append(self._hear)

    def _hear(self, entry: Entry) -> None:
        match entry.fact:
            case ConsoleSet(bot, console):
                self._set[bot] = console
            case Housed(chat, asset):
                self.assets[chat] = asset

    def of(self, bot: int) -> Console:
        return self._set.get(bot) or usual(self._world.bots[bot])

    def asset_of(self, chat: str) -> Asset:
        """That of a group; one that was made without is given its own."""
        return self.assets.get(chat) or Asset(f"asset{chat}")

    def user_of(self, asset: str) -> str:
        """The chat id of the group that takes an asset up, or nothing."""
        return next((chat for chat, each in self.assets.items() if each.id == asset), "")

    def of_app(self, app_id: str) -> list[Bot]:
        """The accounts that an app acts for."""
        return [
            bot
            for bot in self._world.bots.values()
            if bot.messenger == "zalo_oa" and self.of(bot.id).app_id == app_id
        ]
