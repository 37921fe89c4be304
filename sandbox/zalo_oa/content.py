"""The `message` of a call: its text with mentions, what is attached, its buttons."""

import re
import unicodedata
from collections.abc import Mapping

from sandbox.bot_api.errors import ApiError
from sandbox.bot_api.fetching import fetched
from sandbox.chat import Chat
from sandbox.facts import Bot, Button, Entity, File
from sandbox.mentions import EVERYBODY, EVERYBODY_NAME, mention
from sandbox.posting import Parts, sticker, store
from sandbox.zalo_oa import ids
from sandbox.zalo_oa.api import Api
from sandbox.zalo_oa.errors import OaError
from sandbox.zalo_oa.facts import Switches

MAX_TEXT = 2000
_MAX_BUTTONS = 5
_MAX_TITLE = 100
_MAX_PAYLOAD = 1000
_KEPT_SECONDS = 7 * 24 * 3600
_MENTION = re.compile(r"\[@(\w+)\]")

Buttons = tuple[tuple[Button, ...], ...]


async def parts(api: Api, bot: Bot, room: Chat, message: object) -> Parts:
    """What a message puts into a chat. Raises OaError for what Zalo would not take."""
    given = _object(message, "message")
    text, entities = _text(api, room, str(given.get("text") or ""))
    found = Parts(text=text, entities=entities, reply_to=_quoted(api, room, given))
    if attachment := given.get("attachment"):
        await _attach(api, bot, room, _object(attachment, "attachment"), found)
    if not found["text"] and not found.get("file"):
        raise OaError(-201, "message is empty")
    return found


def _object(value: object, name: str) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise OaError(-201, f"{name} is missing")
    return value


def _text(api: Api, room: Chat, raw: str) -> tuple[str, tuple[Entity, ...]]:
    """In a group `[@id]` becomes a mention; elsewhere it is text as any other."""
    if len(unicodedata.normalize("NFC", raw)) > MAX_TEXT:
        raise OaError(-210, f"text is longer than {MAX_TEXT} characters")
    text, entities, start = "", [], 0
    for match in _MENTION.finditer(raw) if room.kind != "private" else ():
        named = _named(api, room, match[1])
        if named:
            text += raw[start : match.start()]
            entities.append(mention(text, *named))
            text += f"@{named[0]}"
            start = match.end()
    return text + raw[start:], tuple(entities)


def _named(api: Api, room: Chat, name: str) -> tuple[str, int] | None:
    """Name and number of whom an id means; only members can be mentioned."""
    if name == ids.group_id(room.id):
        return EVERYBODY_NAME, EVERYBODY
    person = ids.person_of(api.world, name)
    return (api.world.name_of(person), person) if person in room.members and person else None


def _quoted(api: Api, room: Chat, given: Mapping[str, object]) -> int:
    name = str(given.get("quote_message_id") or "")
    if not name:
        return 0
    chat, message = api.messages.get(name, ("", 0))
    if chat != room.id:
        raise OaError(-201, "quote_message_id is invalid")
    return message


async def _attach(
    api: Api, bot: Bot, room: Chat, attachment: Mapping[str, object], found: Parts
) -> None:
    payload = _object(attachment.get("payload"), "payload")
    match attachment.get("type"), payload.get("template_type"):
        case "file", _:
            found["file"] = uploaded(api, bot, str(payload.get("token") or ""))
        case "template", "media":
            found["file"] = await _media(api, bot, payload)
        case "template", kind if room.kind == "private":
            found["buttons"] = _template(api.consoles.of(bot.id).switches, kind, payload, found)
        case _:
            raise OaError(-233, f"attachment {attachment.get('type')!r}")


def uploaded(api: Api, bot: Bot, token: str) -> File:
    """The file that an account has uploaded. Raises OaError -100 for none, or one too old."""
    kept = api.uploads.get(token)
    if not kept or kept.bot != bot.id or api.world.clock.now() - kept.since > _KEPT_SECONDS:
        raise OaError(-100)
    return api.world.files[kept.file]


async def _media(api: Api, bot: Bot, payload: Mapping[str, object]) -> File:
    element = _first(payload)
    match element.get("media_type"):
        case "sticker":
            return sticker(api.world, "🙂")
        case "image" | "gif" if address := str(element.get("url") or ""):
            return await _picture_at(api, address)
        case "image" | "gif":
            return uploaded(api, bot, str(element.get("attachment_id") or ""))
    raise OaError(-233, f"media_type {element.get('media_type')!r}")


async def _picture_at(api: Api, address: str) -> File:
    try:
        file = store(api.world, await fetched(address, "url"), "photo")
    except ApiError as error:
        raise OaError(-201, str(error)) from None
    if not file.width:
        raise OaError(-201, "url is no picture")
    return file


def _first(payload: Mapping[str, object]) -> Mapping[str, object]:
    elements = payload.get("elements")
    if not isinstance(elements, list) or not elements:
        raise OaError(-201, "elements is missing")
    return _object(elements[0], "elements")


def _template(
    switches: Switches, kind: object, payload: Mapping[str, object], found: Parts
) -> Buttons:
    """Buttons alone, or a list with them: sources disagree on which of the two is taken."""
    if kind == "list" and switches.list_template:
        element = _first(payload)
        lines = (element.get("title"), element.get("subtitle"), found["text"])
        found["text"] = "\n".join(str(line) for line in lines if line)
    elif kind or not switches.buttons_template:
        raise OaError(-233 if kind else -240, f"template_type {kind!r}" if kind else "")
    return buttons(payload.get("buttons") or [])


def buttons(raw: object) -> Buttons:
    """One button a row. Raises OaError for more than five, or one that is not as it should be."""
    if not isinstance(raw, list) or not all(isinstance(each, dict) for each in raw):
        raise OaError(-201, "buttons is invalid")
    if len(raw) > _MAX_BUTTONS:
        raise OaError(-210, f"more than {_MAX_BUTTONS} buttons")
    return tuple((_button(each),) for each in raw)


def _button(raw: Mapping[str, object]) -> Button:
    title, payload = str(raw.get("title") or ""), raw.get("payload")
    if not 0 < len(title) <= _MAX_TITLE:
        raise OaError(-201, "title of a button is invalid")
    more = payload if isinstance(payload, dict) else {}
    match raw.get("type"):
        case "oa.query.hide" | "oa.query.show" as kind if isinstance(payload, str) and payload:
            if len(payload) > _MAX_PAYLOAD:
                raise OaError(-210, f"payload is longer than {_MAX_PAYLOAD} characters")
            return Button(title, data=payload, shown=kind == "oa.query.show")
        case "oa.open.url" if more.get("url"):
            return Button(title, url=str(more["url"]))
        case "oa.open.phone" if more.get("phone_code"):
            return Button(title, url=f"tel:{more['phone_code']}")
        case "oa.open.sms" if more.get("phone_code"):
            return Button(title, url=f"sms:{more['phone_code']}")
    raise OaError(-201, f"button {title!r} is invalid")
