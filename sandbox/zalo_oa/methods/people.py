"""The account itself, the people that it knows, and what was said with them."""

import json
from itertools import islice

from sandbox.bot_api.call import Call
from sandbox.chat import Chat
from sandbox.clock import local
from sandbox.queues import Json
from sandbox.world import private_id
from sandbox.zalo_oa import ids, shapes
from sandbox.zalo_oa.api import Api
from sandbox.zalo_oa.errors import OaError

_MAX_OFFSET = 9951
_MAX_USERS = 50
_MAX_MESSAGES = 10


def _data(call: Call) -> dict[str, object]:
    """The JSON object of the query's `data`."""
    try:
        found = json.loads(call.text("data") or "{}")
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise OaError(-201, "data is no JSON object")
    return found


def whole(value: object, name: str, most: int) -> int:
    """A number from 0 to `most`; texts are read too."""
    if not str(value).isdecimal():
        raise OaError(-201, f"{name} is no number")
    if int(str(value)) > most:
        raise OaError(-210, f"{name} is more than {most}")
    return int(str(value))


async def getoa(api: Api, call: Call) -> object:
    followers = sum(bot == call.bot.id for _, bot in api.world.followers)
    return shapes.account(call.bot, followers, verified=api.consoles.of(call.bot.id).verified)


def _known(api: Api, bot: int) -> list[int]:
    """People who follow the account or have ever turned to it, always in the same order."""
    pairs = api.world.followers | api.usage.last.keys()
    return sorted(person for person, account in pairs if account == bot)


async def getlist(api: Api, call: Call) -> object:
    data = _data(call)
    offset = whole(data.get("offset", 0), "offset", _MAX_OFFSET)
    count = whole(data.get("count", _MAX_USERS), "count", _MAX_USERS)
    users = _known(api, call.bot.id)
    if "is_follower" in data:
        wanted = str(data["is_follower"]).lower() == "true"
        fans = api.world.followers
        users = [each for each in users if ((each, call.bot.id) in fans) == wanted]
    shown = [{"user_id": ids.user_id(each)} for each in users[offset : offset + count]]
    return {"total": len(users), "count": len(shown), "offset": offset, "users": shown}


async def detail(api: Api, call: Call) -> object:
    person = api.person(str(_data(call).get("user_id") or ""))
    pair = person, call.bot.id
    last, follows = api.usage.last.get(pair), pair in api.world.followers
    if not (last or follows or _meets(api, call, person)):
        raise OaError(-213)
    day = local(last).strftime("%d/%m/%Y") if last else ""
    return shapes.person(api.world, person, day, follows=follows)


def _meets(api: Api, call: Call, person: int) -> bool:
    """Whether a person is in a group of the account's."""
    rooms = (api.world.chats[chat] for chat in api.world.chats_of.get(person, ()))
    return any(call.bot.id in room.members for room in rooms)


def messages(api: Api, room: Chat, offset: int, count: int) -> list[Json]:
    """A page of a conversation, the newest first."""
    said = (each for each in room.before(room.next_id) if not each.service)
    return [shapes.history(api.world, room, each) for each in islice(said, offset, offset + count)]


async def conversation(api: Api, call: Call) -> object:
    data = _data(call)
    person = api.person(str(data.get("user_id") or ""))
    offset = whole(data.get("offset", 0), "offset", _MAX_OFFSET)
    count = whole(data.get("count", _MAX_MESSAGES), "count", _MAX_MESSAGES)
    room = api.world.chats.get(private_id(person, call.bot.id))
    return messages(api, room, offset, count) if room else []


async def listrecentchat(api: Api, call: Call) -> object:
    data = _data(call)
    offset = whole(data.get("offset", 0), "offset", _MAX_OFFSET)
    count = whole(data.get("count", _MAX_MESSAGES), "count", _MAX_MESSAGES)
    people = (private_id(each, call.bot.id) for each in _known(api, call.bot.id))
    rooms = [api.world.chats[room] for room in people if room in api.world.chats]
    return latest(api, rooms, offset, count)


def latest(api: Api, rooms: list[Chat], offset: int, count: int) -> list[Json]:
    """The last message of each chat, the newest first."""
    lasts = [found[0] for room in rooms if (found := messages(api, room, 0, 1))]
    lasts.sort(key=lambda each: -int(str(each["time"])))
    return lasts[offset : offset + count]


METHODS = {
    "GET /v2.0/oa/getoa": getoa,
    "GET /v3.0/oa/user/getlist": getlist,
    "GET /v3.0/oa/user/detail": detail,
    "GET /v2.0/oa/conversation": conversation,
    "GET /v2.0/oa/listrecentchat": listrecentchat,
}
