"""Methods that put messages into chats."""

import secrets
from typing import TypedDict

from sandbox.bot_api.call import Call
from sandbox.bot_api.errors import bad_request
from sandbox.chat import Chat
from sandbox.facts import Entity, File, Keyboard, Message, Origin, Poll
from sandbox.posting import post
from sandbox.telegram import shapes
from sandbox.telegram.api import Api
from sandbox.telegram.formatting import caption, formatted, message_text, read_caption
from sandbox.telegram.markup import Buttons, reply_markup
from sandbox.telegram.media import input_file

_ACTIONS = frozenset(
    {
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "upload_document",
        "choose_sticker",
        "find_location",
        "record_video_note",
        "upload_video_note",
    }
)


class _Frame(TypedDict):
    """What every message may have: what it answers, its buttons or keyboard."""

    reply_to: int
    buttons: Buttons
    keyboard: Keyboard | None


class _AlbumItem(TypedDict):
    text: str
    entities: tuple[Entity, ...]
    file: File


def _answered(api: Api, call: Call, room: Chat) -> int:
    """The message that is answered, or 0."""
    raw = call.json("reply_parameters", "reply parameters")
    if isinstance(raw, dict):
        wanted, lenient = raw.get("message_id"), raw.get("allow_sending_without_reply")
    else:
        wanted = call.whole("reply_to_message_id")
        lenient = call.flag("allow_sending_without_reply")
    if not isinstance(wanted, int) or wanted <= 0 or (lenient and wanted not in room.messages):
        return 0
    return api.message_in(room, wanted, "message to be replied").id


def _frame(api: Api, call: Call, room: Chat) -> _Frame:
    buttons, keyboard = reply_markup(call)
    return {"reply_to": _answered(api, call, room), "buttons": buttons, "keyboard": keyboard}


def _sent(api: Api, message: Message) -> object:
    return shapes.message(api.world, message)


async def send_message(api: Api, call: Call) -> object:
    room = api.chat_to_write(call)
    text, entities = message_text(call)
    frame = _frame(api, call, room)
    return _sent(api, post(api.world, room, call.bot.id, text=text, entities=entities, **frame))


async def send_document(api: Api, call: Call) -> object:
    room = api.chat_to_write(call)
    return _send_file(api, call, room, input_file(api, call, "document", call.text("document")))


async def send_photo(api: Api, call: Call) -> object:
    room = api.chat_to_write(call)
    return _send_file(api, call, room, input_file(api, call, "photo", call.text("photo")))


def _send_file(api: Api, call: Call, room: Chat, file: File) -> object:
    text, entities = caption(call)
    frame = _frame(api, call, room)
    message = post(api.world, room, call.bot.id, text=text, entities=entities, file=file, **frame)
    return _sent(api, message)


async def send_media_group(api: Api, call: Call) -> object:
    """An album of 2 to 10 photos, or of documents; nothing is sent when one is wrong."""
    room = api.chat_to_write(call)
    items = call.json("media", "media")
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise bad_request("expected an Array of InputMedia")
    if not 2 <= len(items) <= 10:
        raise bad_request("expected 2 to 10 media in the album")
    if len({item.get("type") for item in items}) > 1:
        raise bad_request("document can't be mixed with other media types")
    album = str(secrets.randbits(60))
    contents = [_album_item(api, call, item) for item in items]
    reply_to = _answered(api, call, room)
    return [
        _sent(api, post(api.world, room, call.bot.id, album=album, reply_to=reply_to, **each))
        for each in contents
    ]


def _album_item(api: Api, call: Call, item: dict[str, object]) -> _AlbumItem:
    kind = item.get("type")
    if kind != "photo" and kind != "document":
        raise bad_request(f'can\'t parse InputMedia: type "{kind}" is unsupported')
    text, entities = read_caption(
        str(item.get("caption") or ""),
        str(item.get("parse_mode") or ""),
        item.get("caption_entities"),
    )
    file = input_file(api, call, kind, str(item.get("media") or ""))
    return {"text": text, "entities": entities, "file": file}


async def send_poll(api: Api, call: Call) -> object:
    """A regular poll of 2 to 12 options; quizzes are refused."""
    room = api.chat_to_write(call)
    if call.text("type") not in ("", "regular"):
        raise bad_request("the sandbox has no polls but regular ones")
    question, _ = formatted(call.required("question"), "", None)
    poll = Poll(
        str(secrets.randbits(62)),
        question,
        _options(call.json("options")),
        call.text("is_anonymous").lower() != "false",
        call.flag("allows_multiple_answers"),
    )
    message = post(api.world, room, call.bot.id, poll=poll, **_frame(api, call, room))
    return _sent(api, message)


def _options(raw: object) -> tuple[str, ...]:
    if not isinstance(raw, list):
        raise bad_request("expected an Array of String as options")
    texts = tuple(
        str(each.get("text", "") if isinstance(each, dict) else each).strip() for each in raw
    )
    if len(texts) < 2:
        raise bad_request("poll must have at least 2 option")
    if len(texts) > 12:
        raise bad_request("poll can't have more than 12 options")
    if not all(texts):
        raise bad_request("poll options must be non-empty")
    return texts


def _source(api: Api, call: Call, what: str) -> Message:
    """The message to forward or copy."""
    origin = Call(call.bot, {"chat_id": call.text("from_chat_id")})
    message = api.message_in(api.chat_to_read(origin), call.whole("message_id"), what)
    if message.service:
        raise bad_request(
            f"{what.removesuffix(' to forward').removesuffix(' to copy')} can't be forwarded"
        )
    return message


async def forward_message(api: Api, call: Call) -> object:
    room = api.chat_to_write(call)
    source = _source(api, call, "message to forward")
    origin = source.origin or Origin(source.sender, source.date)
    message = post(
        api.world,
        room,
        call.bot.id,
        text=source.text,
        entities=source.entities,
        file=source.file,
        origin=origin,
    )
    return _sent(api, message)


async def copy_message(api: Api, call: Call) -> object:
    room = api.chat_to_write(call)
    source = _source(api, call, "message to copy")
    text, entities = source.text, source.entities
    if source.file and "caption" in call.params:
        text, entities = caption(call)
    frame = _frame(api, call, room)
    message = post(
        api.world, room, call.bot.id, text=text, entities=entities, file=source.file, **frame
    )
    return {"message_id": message.id}


async def send_chat_action(api: Api, call: Call) -> object:
    api.chat_to_write(call)
    if call.text("action") not in _ACTIONS:
        raise bad_request("wrong parameter action in request")
    return True


METHODS = {
    "sendMessage": send_message,
    "sendDocument": send_document,
    "sendPhoto": send_photo,
    "sendMediaGroup": send_media_group,
    "sendPoll": send_poll,
    "forwardMessage": forward_message,
    "copyMessage": copy_message,
    "sendChatAction": send_chat_action,
}
