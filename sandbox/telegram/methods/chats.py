"""Methods about a chat and who is in it."""

from sandbox.bot_api.call import Call
from sandbox.bot_api.errors import bad_request
from sandbox.chat import Chat
from sandbox.facts import Pinned, Service
from sandbox.membership import remove_member
from sandbox.posting import announce
from sandbox.telegram import shapes
from sandbox.telegram.api import Api


async def get_chat(api: Api, call: Call) -> object:
    return shapes.full_chat(api.world, api.chat_to_read(call))


def _group(api: Api, call: Call, refusal: str) -> Chat:
    room = api.chat_to_write(call)
    if room.kind == "private":
        raise bad_request(refusal)
    return room


async def get_chat_member(api: Api, call: Call) -> object:
    room = api.chat_to_read(call)
    user = call.whole("user_id")
    if user <= 0:
        raise bad_request("invalid user_id specified")
    if room.kind == "private":
        return _private_member(api, room, user)
    if user not in api.world.people and user not in api.world.bots:
        raise bad_request("user not found")
    return shapes.member(api.world, user, room.members.get(user), user in room.removed)


def _private_member(api: Api, room: Chat, user: int) -> object:
    person, bot = api.world.partner(room)
    if user not in (person.id, bot.id):
        raise bad_request("user not found")
    return shapes.member(api.world, user, "member")


async def get_chat_member_count(api: Api, call: Call) -> object:
    room = api.chat_to_write(call)
    return 2 if room.kind == "private" else len(room.members)


async def get_chat_administrators(api: Api, call: Call) -> object:
    room = _group(api, call, "there are no administrators in the private chat")
    return [
        shapes.member(api.world, user, role)
        for user, role in room.members.items()
        if role != "member"
    ]


async def leave_chat(api: Api, call: Call) -> object:
    room = _group(api, call, "chat_id must be a group")
    remove_member(api.world, room.id, call.bot.id, call.bot.id)
    return True


async def pin_chat_message(api: Api, call: Call) -> object:
    """Every bot may pin; the chat is told with a service line."""
    room = api.chat_to_write(call)
    message = api.message_in(room, call.whole("message_id"), "message to pin")
    if room.pinned != message.id:
        api.world.record(Pinned(room.id, message.id))
        announce(api.world, room, call.bot.id, Service("pinned", message=message.id))
    return True


async def unpin_chat_message(api: Api, call: Call) -> object:
    room = api.chat_to_write(call)
    wanted = call.whole("message_id", room.pinned)
    if not room.pinned or wanted != room.pinned:
        raise bad_request("message to unpin not found")
    api.world.record(Pinned(room.id, 0))
    return True


METHODS = {
    "getChat": get_chat,
    "getChatMember": get_chat_member,
    "getChatMemberCount": get_chat_member_count,
    "getChatMembersCount": get_chat_member_count,
    "getChatAdministrators": get_chat_administrators,
    "leaveChat": leave_chat,
    "pinChatMessage": pin_chat_message,
    "unpinChatMessage": unpin_chat_message,
}
