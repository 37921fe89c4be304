"""GMF groups: they are the account's own, each takes up an asset that was bought."""

from dataclasses import replace
from itertools import islice

from sandbox.bot_api.call import Call
from sandbox.chat import Chat
from sandbox.facts import Group, GroupMade, Joined, Left, Role, Service
from sandbox.posting import announce
from sandbox.queues import Json
from sandbox.rules import Arranged, Dissolved, Rules, TurnedAway
from sandbox.zalo_oa import ids, shapes
from sandbox.zalo_oa.api import Api
from sandbox.zalo_oa.errors import OaError
from sandbox.zalo_oa.facts import Asset, Housed
from sandbox.zalo_oa.methods.people import latest, messages, whole

_MAX_INVITED = 99
_MAX_COUNT = 50
_MAX_OFFSET = 10_000
_RULES = {
    "lock_send_msg": "locked",
    "join_appr": "approval",
    "enable_msg_history": "history",
    "enable_link_join": "by_link",
}


def _group(api: Api, call: Call) -> Chat:
    return api.group(call.bot, call.required("group_id"))


def _users(api: Api, call: Call) -> list[int]:
    """Those of member_user_ids."""
    raw = call.json("member_user_ids")
    if not isinstance(raw, list) or not 0 < len(raw) <= _MAX_INVITED:
        raise OaError(-201, f"member_user_ids must be 1 to {_MAX_INVITED} ids")
    return [api.person(str(each)) for each in raw]


def _page(call: Call) -> tuple[int, int]:
    offset = whole(call.params.get("offset", 0), "offset", _MAX_OFFSET)
    return offset, whole(call.params.get("count", _MAX_COUNT), "count", _MAX_COUNT)


async def create(api: Api, call: Call) -> object:
    """A new group with these people, one of whom must be an administrator of the account where it
    has any; nobody is asked."""
    users, asset = _users(api, call), _free_asset(api, call)
    admins = [each for each in users if each in api.consoles.of(call.bot.id).admins]
    if api.consoles.of(call.bot.id).admins and not admins:
        raise OaError(-201, "member_user_ids has no administrator of the OA")
    _check_size(asset, len(users) + 1)
    for each in users:
        _check_reachable(api, call, each)
    roles: dict[int, Role] = dict.fromkeys(users, "member")
    roles |= dict.fromkeys(admins, "administrator")
    roles[(admins or users)[0]] = "creator"
    chat = api.world.new_group_id()
    title, about = call.required("group_name"), call.text("group_description")
    api.world.record(GroupMade(Group(chat, title, "group", (), roles, "zalo_oa")))
    api.world.record(Housed(chat, asset))
    if about:
        api.world.record(Arranged(chat, title, about))
    _bring_in(api, api.world.chats[chat], call.bot.id, call.bot.id, "administrator")
    return shapes.group(api.world.chats[chat])


def _bring_in(api: Api, room: Chat, user: int, by: int, role: Role = "member") -> None:
    date, was = int(api.world.clock.now()), room.members.get(user)
    api.world.record(Joined(room.id, user, by, date, role, was))
    if not was:
        announce(api.world, room, by, Service("joined", (user,)))


def _free_asset(api: Api, call: Call) -> Asset:
    name = call.required("asset_id")
    owned = {each.id: each for each in api.consoles.of(call.bot.id).assets}
    if name not in owned:
        raise OaError(-201, "asset_id is invalid")
    if api.consoles.user_of(name):
        raise OaError(-238)
    return owned[name]


def _check_size(asset: Asset, members: int) -> None:
    if members > shapes.SIZES[asset.product]:
        raise OaError(-210, f"{asset.product} is for {shapes.SIZES[asset.product]} members")


def _check_reachable(api: Api, call: Call, person: int) -> None:
    """One may invite who follows the account or has turned to it in the last days."""
    if (person, call.bot.id) in api.world.blocked:
        raise OaError(-217)
    days = api.consoles.of(call.bot.id).switches.window_days
    since = api.world.clock.now() - days * 24 * 3600
    if (person, call.bot.id) in api.world.followers:
        return
    if api.usage.last.get((person, call.bot.id), 0) < since:
        raise OaError(-213)


async def get(api: Api, call: Call) -> object:
    """Told of a disabled group too: that is where one sees it."""
    room = ids.group_of(api.world, call.required("group_id"))
    if room and not room.dissolved and call.bot.id in room.members:
        return _full(api, room)
    return _full(api, _group(api, call))


def _full(api: Api, room: Chat) -> Json:
    return shapes.full_group(room, api.consoles.asset_of(room.id))


async def update(api: Api, call: Call) -> object:
    room = _group(api, call)
    title = call.text("group_name") or room.title
    about = call.text("group_description") or room.about
    changed = {field: call.flag(name) for name, field in _RULES.items() if name in call.params}
    rules: Rules = replace(room.rules, **changed)
    api.world.record(Arranged(room.id, title, about, rules))
    return _full(api, room)


async def update_asset(api: Api, call: Call) -> object:
    room = ids.group_of(api.world, call.required("group_id"))
    if not room or room.dissolved:
        raise OaError(-201, "group_id is invalid")
    asset = _free_asset(api, call)
    _check_size(asset, len(room.members))
    api.world.record(Housed(room.id, asset))
    return _full(api, room)


async def invite(api: Api, call: Call) -> object:
    """People come in at once; nothing is known of a way to decline."""
    room, users = _group(api, call), _users(api, call)
    fresh = [each for each in users if each not in room.members]
    _check_size(api.consoles.asset_of(room.id), len(room.members) + len(fresh))
    for each in fresh:
        _check_reachable(api, call, each)
    for each in fresh:
        _bring_in(api, room, each, call.bot.id)
    return None


def _waiting(room: Chat, users: list[int]) -> list[int]:
    if missing := [each for each in users if each not in room.waiting]:
        raise OaError(-201, f"{ids.user_id(missing[0])} does not wait for approval")
    return users


async def accept(api: Api, call: Call) -> object:
    room = _group(api, call)
    for each in _waiting(room, _users(api, call)):
        _bring_in(api, room, each, call.bot.id)
    return None


async def reject(api: Api, call: Call) -> object:
    room = _group(api, call)
    for each in _waiting(room, _users(api, call)):
        api.world.record(TurnedAway(room.id, each, call.bot.id, int(api.world.clock.now())))
    return None


def _members(room: Chat, users: list[int]) -> list[int]:
    if missing := [each for each in users if each not in room.members]:
        raise OaError(-201, f"{ids.user_id(missing[0])} is not in the group")
    return users


async def _set_role(role: Role, api: Api, call: Call) -> object:
    room = _group(api, call)
    for each in _members(room, _users(api, call)):
        if room.members[each] not in (role, "creator"):
            _bring_in(api, room, each, call.bot.id, role)
    return None


async def add_admins(api: Api, call: Call) -> object:
    return await _set_role("administrator", api, call)


async def remove_admins(api: Api, call: Call) -> object:
    return await _set_role("member", api, call)


async def remove_members(api: Api, call: Call) -> object:
    room, date = _group(api, call), int(api.world.clock.now())
    for each in _members(room, _users(api, call)):
        announce(api.world, room, call.bot.id, Service("left", (each,)))
        api.world.record(Left(room.id, each, call.bot.id, date, room.members[each]))
    return None


async def delete(api: Api, call: Call) -> object:
    room = _group(api, call)
    api.world.record(Dissolved(room.id, call.bot.id, int(api.world.clock.now())))
    return None


async def list_pending(api: Api, call: Call) -> object:
    return _listed(api, call, list(_group(api, call).waiting))


async def list_members(api: Api, call: Call) -> object:
    return _listed(api, call, list(_group(api, call).members))


def _listed(api: Api, call: Call, users: list[int]) -> Json:
    offset, count = _page(call)
    shown = [shapes.member(api.world, each) for each in users[offset : offset + count]]
    return {
        "offset": offset,
        "count": count,
        "total": len(users),
        "member_count": len(shown),
        "members": shown,
    }


def _own(api: Api, call: Call) -> list[Chat]:
    return [
        room
        for room in api.world.chats.values()
        if room.kind != "private" and call.bot.id in room.members and not room.dissolved
    ]


async def list_groups(api: Api, call: Call) -> object:
    rooms, (offset, count) = _own(api, call), _page(call)
    shown = [shapes.group(room) for room in islice(rooms, offset, offset + count)]
    return {
        "offset": offset,
        "count": count,
        "total": len(rooms),
        "group_count": len(shown),
        "groups": shown,
    }


async def conversation(api: Api, call: Call) -> object:
    return messages(api, _group(api, call), *_page(call))


async def recent(api: Api, call: Call) -> object:
    return latest(api, _own(api, call), *_page(call))


_PREFIX = "/v3.0/oa/group"
METHODS = {
    f"POST {_PREFIX}/creategroupwithoa": create,
    f"GET {_PREFIX}/getgroup": get,
    f"POST {_PREFIX}/updateinfo": update,
    f"POST {_PREFIX}/updateasset": update_asset,
    f"POST {_PREFIX}/invite": invite,
    f"POST {_PREFIX}/acceptpendinginvite": accept,
    f"POST {_PREFIX}/rejectpendinginvite": reject,
    f"POST {_PREFIX}/addadmins": add_admins,
    f"POST {_PREFIX}/removeadmins": remove_admins,
    f"POST {_PREFIX}/removemembers": remove_members,
    f"GET {_PREFIX}/listpendinginvite": list_pending,
    f"GET {_PREFIX}/listmember": list_members,
    f"POST {_PREFIX}/delete": delete,
    f"GET {_PREFIX}/getgroupsofoa": list_groups,
    f"GET {_PREFIX}/listrecentchat": recent,
    f"GET {_PREFIX}/conversation": conversation,
}
