"""What an installer does with an Official Account's groups at a terminal."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import Connection

from bot.channels.zalo_groups import Package, ZaloGroup
from bot.channels.zalo_oa import ZaloOaChannel
from bot.channels.zalo_oa_updates import group_chat
from domain.message import Chat, ChatKind
from loa.channels import Means, open_channel
from loa.commands.choosing import named_unit
from loa.screen import Screen, cells
from loa.settings_accounts import AccountSettings
from storage import chats, errands, units
from storage.store import Store

PEOPLE = 200
"""Followers that are listed by name."""


@dataclass(frozen=True, slots=True)
class Desk:
    """One account, asked by one command. Everything that asks it raises a `SendError`."""

    account: AccountSettings
    channel: ZaloOaChannel
    store: Store = field(repr=False)
    screen: Screen

    @classmethod
    @asynccontextmanager
    async def opened(
        cls, account: AccountSettings, means: Means, store: Store, screen: Screen
    ) -> AsyncIterator["Desk"]:
        channel = await open_channel(account, means)
        assert isinstance(channel, ZaloOaChannel)
        try:
            yield cls(account, channel, store, screen)
        finally:
            await channel.close()

    async def show_groups(self) -> None:
        """Every group with its unit, and the packages that pay for groups."""
        groups = await self.channel.groups.all()
        bound = await self.store.read(_units, self.account.id, [group.id for group in groups])
        if not groups:
            self.screen.say("zalo.no_groups")
        self._list_groups(groups, bound)
        self._list_packages(await self.channel.groups.packages())

    def _list_groups(self, groups: Sequence[ZaloGroup], bound: Mapping[str, str]) -> None:
        headers = ("group_id", "group", "state", "unit", "members")
        table = self.screen.table(*(f"zalo.header_{name}" for name in headers), numbers=1)
        for group in groups:
            state = self.screen.text(f"zalo.group_{'enabled' if group.enabled else 'disabled'}")
            unit = bound.get(group.id) or self.screen.text("zalo.no_unit")
            table.add_row(*cells(group.id, group.name, state, unit, str(group.members)))
        self.screen.show(table)

    def _list_packages(self, packages: Sequence[Package]) -> None:
        table = self.screen.table(
            "zalo.header_package", "zalo.header_valid", "zalo.header_group_id"
        )
        for each in packages:
            key = f"zalo.package_{'free' if each.free else 'used'}"
            kind = self.screen.text(key, kind=each.kind)
            table.add_row(*cells(kind, each.valid_through, each.group_id))
        self.screen.show(table)

    async def create(self, name: str, members: Sequence[str], unit: str | None, day: date) -> bool:
        """Make a group out of a free package, a unit's if one is named; whether there was one."""
        if unit:
            await self.store.read(named_unit, unit, day, "--unit")
        free = [each for each in await self.channel.groups.packages() if each.free]
        if not free:
            self.screen.say("zalo.no_package")
            return False
        group = await self.channel.groups.create(name, "", free[0].id, members)
        await self.store.write(chats.made, self.account.id)
        self.screen.say("zalo.created", group=group)
        if unit:
            await self._bind(group, unit, day)
        return True

    async def bind(self, group_id: str, unit: str, day: date) -> bool:
        """Make a group a unit's; whether the account has it. Raises typer.BadParameter."""
        found = [each for each in await self.channel.groups.all() if each.id == group_id]
        if not found:
            self.screen.say("zalo.unknown_group", group_id=group_id)
            return False
        await self._bind(found[0], unit, day)
        return True

    async def _bind(self, group: ZaloGroup, unit: str, day: date) -> None:
        name = await self.store.write(_bind, self.account.id, group, unit, day)
        self.screen.say("zalo.bound", name=group.name, unit=name)

    async def show_people(self) -> None:
        """The followers, by the ids with which they can be brought into a group.

        Whoever has not turned to the account for seven days cannot be written to.
        """
        await self.store.write(errands.exported, "followers", None)
        headers = ("person_id", "person", "last_heard")
        table = self.screen.table(*(f"zalo.header_{name}" for name in headers))
        offset = 0
        while offset < PEOPLE and (page := await self.channel.people.followers(offset)):
            for person_id in page:
                name = await self.channel.people.name_of("", person_id)
                at = await self.channel.people.last_heard(person_id)
                table.add_row(*cells(person_id, name, self.screen.text("zalo.last_heard", at=at)))
            offset += len(page)
        if not offset:
            self.screen.say("zalo.no_people")
        self.screen.show(table)


def _units(c: Connection, account_id: str, group_ids: Sequence[str]) -> dict[str, str]:
    """The names of the units whose groups these are."""
    known = {each: chats.find(c, account_id, group_chat(each)) for each in group_ids}
    return {
        group_id: units.get(c, chat.unit_id).name
        for group_id, chat in known.items()
        if chat and chat.unit_id
    }


def _bind(c: Connection, account_id: str, group: ZaloGroup, code: str, day: date) -> str:
    unit = named_unit(c, code, day, "--unit")
    chat = chats.seen(c, account_id, Chat(group_chat(group.id), ChatKind.GROUP, group.name))
    chats.bind(c, chat.id, unit.id)
    return unit.name
