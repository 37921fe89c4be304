"""The groups of an Official Account (GMF): who is in them, and the packages that pay for them."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any

from bot.channels.zalo_oa_api import OaApi
from domain.channel import Lost

PAGE = 50
PACKAGES = ("gmf10", "gmf50", "gmf100")
QUOTAS = ("sub_quota", "purchase_quota", "reward_quota")

_GROUP = "/v3.0/oa/group"


@dataclass(frozen=True, slots=True)
class ZaloGroup:
    id: str
    name: str
    link: str
    """By which people join it."""
    members: int
    enabled: bool


@dataclass(frozen=True, slots=True)
class Package:
    """What lets the account have one group; `group_id` is that of the group that it is used for."""

    id: str
    kind: str
    valid_through: str
    """As the platform writes it: day/month/year."""
    group_id: str
    free: bool


class ZaloGroups:
    """What can be asked and done; everything raises a `SendError`."""

    def __init__(self, api: OaApi) -> None:
        self._api = api

    async def all(self) -> list[ZaloGroup]:
        return [_group(raw) async for raw in self._pages("getgroupsofoa", "groups", {})]

    async def names(self, group_id: str) -> dict[str, str]:
        """The names of the people in a group, by their ids."""
        pages = self._pages("listmember", "members", {"group_id": group_id})
        return {
            str(raw["user_id"]): str(raw.get("name") or "")
            async for raw in pages
            if "user_id" in raw
        }

    async def packages(self) -> list[Package]:
        """The packages of every kind, used or free."""
        found: dict[str, Package] = {}
        for kind in PACKAGES:
            for quota in QUOTAS:
                asked = {"quota_owner": "OA", "product_type": kind, "quota_type": quota}
                answer = await self._api.post("/v3.0/oa/quota/group", asked)
                found |= {each.id: each for each in map(_package, answer or ())}
        return list(found.values())

    async def create(
        self, name: str, description: str, package_id: str, member_ids: Sequence[str]
    ) -> ZaloGroup:
        """A new group of 1 to 99 people, one of whom administers the account."""
        body = {
            "group_name": name,
            "group_description": description,
            "asset_id": package_id,
            "member_user_ids": list(member_ids),
        }
        return _group(await self._api.post(f"{_GROUP}/creategroupwithoa", body))

    async def _pages(self, call: str, key: str, query: dict[str, str]) -> AsyncIterator[Any]:
        offset = 0
        while True:
            asked: dict[str, str | int] = {**query, "offset": offset, "count": PAGE}
            page = await self._api.get(f"{_GROUP}/{call}", asked)
            rows = (page or {}).get(key) or []
            for row in rows:
                yield row
            offset += len(rows)
            if not rows or offset >= int(page.get("total", 0)):
                return


def _group(raw: Any) -> ZaloGroup:
    try:
        return ZaloGroup(
            str(raw["group_id"]),
            str(raw["name"]),
            str(raw.get("group_link") or ""),
            int(raw.get("total_member") or 0),
            raw.get("status") == "enabled",
        )
    except (KeyError, TypeError, ValueError):
        raise Lost("the answer about a group cannot be read") from None


def _package(raw: Any) -> Package:
    used = str(raw.get("used_id") or "")
    return Package(
        str(raw.get("asset_id") or ""),
        str(raw.get("product_type") or ""),
        str(raw.get("valid_through") or ""),
        used,
        raw.get("status") == "available" and not used,
    )
