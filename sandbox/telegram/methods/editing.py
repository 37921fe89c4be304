"""Methods that change or take away messages, and the answer to a pressed button."""

from dataclasses import replace

from sandbox.bot_api.call import Call
from sandbox.bot_api.errors import bad_request
from sandbox.chat import Chat
from sandbox.facts import Answered, Deleted, Edited, Message
from sandbox.telegram import shapes
from sandbox.telegram.api import Api
from sandbox.telegram.formatting import caption, message_text
from sandbox.telegram.markup import inline_only

_NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the "
    "same as a current content and reply markup of the message"
)
_DELETABLE_SECONDS = 48 * 3600
_MAX_ANSWER = 200


def _own(api: Api, call: Call) -> Message:
    room = api.chat_to_write(call)
    message = api.message_in(room, call.whole("message_id"), "message to edit")
    if message.sender != call.bot.id or message.service or message.origin:
        raise bad_request("message can't be edited")
    return message


def _edited(api: Api, old: Message, new: Message) -> object:
    if new == old:
        raise bad_request(_NOT_MODIFIED)
    new = replace(new, edited=int(api.world.clock.now()))
    api.world.record(Edited(new))
    return shapes.message(api.world, new)


async def edit_message_text(api: Api, call: Call) -> object:
    message = _own(api, call)
    if message.file or message.poll:
        raise bad_request("there is no text in the message to edit")
    text, entities = message_text(call)
    new = replace(message, text=text, entities=entities, buttons=inline_only(call))
    return _edited(api, message, new)


async def edit_message_caption(api: Api, call: Call) -> object:
    message = _own(api, call)
    if not message.file:
        raise bad_request("there is no caption in the message to edit")
    text, entities = caption(call)
    new = replace(message, text=text, entities=entities, buttons=inline_only(call))
    return _edited(api, message, new)


async def edit_message_reply_markup(api: Api, call: Call) -> object:
    message = _own(api, call)
    return _edited(api, message, replace(message, buttons=inline_only(call)))


async def stop_poll(api: Api, call: Call) -> object:
    message = _own(api, call)
    if not message.poll or message.poll.closed:
        raise bad_request(
            "poll has already been closed"
            if message.poll
            else "message with poll to stop not found"
        )
    new = replace(message, poll=replace(message.poll, closed=True), buttons=inline_only(call))
    _edited(api, message, new)
    return shapes.poll(api.world, new)


def _check_deletable(api: Api, call: Call, room: Chat, message: Message) -> None:
    """Own messages for 48 hours; others' in private, and in groups as an administrator."""
    if message.date < api.world.clock.now() - _DELETABLE_SECONDS:
        raise bad_request("message can't be deleted for everyone")
    own = message.sender == call.bot.id
    if not own and room.kind != "private" and room.members[call.bot.id] != "administrator":
        raise bad_request("message can't be deleted")


async def delete_message(api: Api, call: Call) -> object:
    room = api.chat_to_write(call)
    message = api.message_in(room, call.whole("message_id"), "message to delete")
    _check_deletable(api, call, room, message)
    api.world.record(Deleted(room.id, (message.id,)))
    return True


async def delete_messages(api: Api, call: Call) -> object:
    """Those that are not there are passed over, as Telegram does."""
    room, ids = api.chat_to_write(call), call.json("message_ids")
    if not isinstance(ids, list) or not 1 <= len(ids) <= 100:
        raise bad_request("message identifiers are not specified")
    found = [room.messages[each] for each in ids if each in room.messages]
    for message in found:
        _check_deletable(api, call, room, message)
    api.world.record(Deleted(room.id, tuple(message.id for message in found)))
    return True


async def answer_callback_query(api: Api, call: Call) -> object:
    press = api.world.presses.get(call.text("callback_query_id"))
    asked = press and api.world.chats[press.chat].messages.get(press.message)
    if not press or (asked and asked.sender != call.bot.id):
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    text = call.text("text")
    if len(text) > _MAX_ANSWER:
        raise bad_request("MESSAGE_TOO_LONG")
    alert = call.flag("show_alert")
    api.world.record(Answered(press.query, press.chat, press.person, text, alert, call.text("url")))
    return True


METHODS = {
    "editMessageText": edit_message_text,
    "editMessageCaption": edit_message_caption,
    "editMessageReplyMarkup": edit_message_reply_markup,
    "stopPoll": stop_poll,
    "deleteMessage": delete_message,
    "deleteMessages": delete_messages,
    "answerCallbackQuery": answer_callback_query,
}
