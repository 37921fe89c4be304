"""Messages to people and to groups, and what is left of the quota."""

from sandbox.bot_api.call import Call
from sandbox.posting import post
from sandbox.zalo_oa import ids
from sandbox.zalo_oa.api import Api
from sandbox.zalo_oa.content import parts
from sandbox.zalo_oa.errors import OaError


async def to_person(api: Api, call: Call) -> object:
    """A consultation message: only within some days of the person's last word."""
    user = _recipient(call, "user_id")
    person = api.person(user)
    now = api.world.clock.now()
    if not api.world.people[person].active:
        raise OaError(-227)
    if (person, call.bot.id) in api.world.blocked:
        raise OaError(-213)
    api.usage.check(call.bot, person, now)
    room = api.private(call.bot, person)
    found = await parts(api, call.bot, room, call.params.get("message"))
    message = post(api.world, room, call.bot.id, **found)
    return {
        "message_id": ids.message_id(room.id, message.id),
        "user_id": user,
        "quota": api.usage.quota(call.bot, person, now),
    }


async def to_group(api: Api, call: Call) -> object:
    name = _recipient(call, "group_id")
    room = api.group(call.bot, name)
    found = await parts(api, call.bot, room, call.params.get("message"))
    message = post(api.world, room, call.bot.id, **found)
    return {"message_id": ids.message_id(room.id, message.id), "group_id": name}


def _recipient(call: Call, name: str) -> str:
    recipient = call.params.get("recipient")
    found = recipient.get(name) if isinstance(recipient, dict) else None
    if not isinstance(found, str) or not found:
        raise OaError(-201, f"recipient.{name} is missing or no text")
    return found


async def shut_down(_: Api, __: Call) -> object:
    """Messages by the second version of the API."""
    raise OaError(-240)


async def quota(api: Api, call: Call) -> object:
    """What is left to write to one person; promotion has ended, so there is none of it."""
    person = api.person(call.text("user_id"))
    pair, most = (person, call.bot.id), api.consoles.of(call.bot.id).switches.replies
    last = api.usage.last.get(pair)
    free = api.usage.is_free(pair, api.world.clock.now())
    left = max(0, most - api.usage.replies[pair]) if free else 0
    none = {"daily_remain": 0, "daily_total": 0, "monthly_remain": 0, "monthly_total": 0}
    return {
        "last_interaction": str(int(last * 1000)) if last else "",
        "cs_reply": {"remain": left, "total": most},
        "promotion": none,
    }


async def group_quota(api: Api, call: Call) -> object:
    """The places for groups that were bought, and which group takes up each."""
    wanted = call.text("product_type")
    assets = [each for each in api.consoles.of(call.bot.id).assets if wanted in ("", each.product)]
    used = {each.id: api.consoles.user_of(each.id) for each in assets}
    return [
        {
            "product_type": each.product,
            "quota_type": call.text("quota_type") or "sub_quota",
            "asset_id": each.id,
            "valid_through": "31/12/2099",
            "auto_renew": True,
            "status": "used" if used[each.id] else "available",
            "used_id": ids.group_id(used[each.id]) if used[each.id] else "",
        }
        for each in assets
    ]


METHODS = {
    "POST /v3.0/oa/message/cs": to_person,
    "POST /v3.0/oa/group/message": to_group,
    "POST /v2.0/oa/message": shut_down,
    "POST /v3.0/oa/quota/message": quota,
    "POST /v3.0/oa/quota/group": group_quota,
}
