"""Methods that put messages into chats."""

from sandbox.bot_api.call import Call
from sandbox.bot_api.errors import bad_request
from sandbox.bot_api.fetching import fetched
from sandbox.chat import Chat
from sandbox.facts import FileKind, Message
from sandbox.posting import post, sticker, store
from sandbox.zalo_bot import names
from sandbox.zalo_bot.api import Api
from sandbox.zalo_bot.formatting import check, message_text

_STICKER = "🙂"


def _sent(message: Message) -> object:
    return {"message_id": names.of_message(message), "date": message.date * 1000}


async def send_message(api: Api, call: Call) -> object:
    room = api.chat_to_write(call)
    text, entities = message_text(call)
    return _sent(post(api.world, room, call.bot.id, text=text, entities=entities))


async def send_photo(api: Api, call: Call) -> object:
    room, caption = api.chat_to_write(call), call.text("caption")
    check(caption, "caption")
    return await _send_file(api, call, room, "photo", call.required("photo"), caption)


async def send_voice(api: Api, call: Call) -> object:
    """In a group it is said to be taken, and does not arrive."""
    room, address = api.chat_to_write(call), call.required("voice_url")
    if room.kind != "private":
        now = int(api.world.clock.now())
        return _sent(Message(room.id, room.next_id, call.bot.id, now))
    return await _send_file(api, call, room, "voice", address, "")


async def _send_file(
    api: Api, call: Call, room: Chat, kind: FileKind, address: str, caption: str
) -> object:
    file = store(api.world, await fetched(address, kind), kind)
    if kind == "photo" and not file.width:
        raise bad_request("photo is not a picture")
    return _sent(post(api.world, room, call.bot.id, text=caption, file=file))


async def send_sticker(api: Api, call: Call) -> object:
    """Every sticker looks the same here."""
    room = api.chat_to_write(call)
    call.required("sticker")
    return _sent(post(api.world, room, call.bot.id, file=sticker(api.world, _STICKER)))


async def send_chat_action(api: Api, call: Call) -> object:
    api.chat_to_write(call)
    if call.text("action") != "typing":
        raise bad_request("action is wrong")
    return None


METHODS = {
    "sendMessage": send_message,
    "sendPhoto": send_photo,
    "sendVoice": send_voice,
    "sendSticker": send_sticker,
    "sendChatAction": send_chat_action,
}
