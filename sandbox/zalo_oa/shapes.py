"""Zalo's JSON of the world: messages as they come in events, groups, members and people."""

import hashlib
from pathlib import PurePosixPath
from urllib.parse import quote

from sandbox.chat import Chat
from sandbox.entities import part
from sandbox.facts import Bot, File, Message
from sandbox.mentions import EVERYBODY
from sandbox.queues import Json
from sandbox.world import World
from sandbox.zalo_oa import ids
from sandbox.zalo_oa.facts import Asset

PREFIX = "/zalo/oa"
"""Where openapi.zalo.me is in the sandbox."""
_AVATAR = "http://s120.ava.grp.talk.zdn.vn/default"
_KINDS = {"photo": "image", "document": "file", "sticker": "sticker", "voice": "audio"}
SIZES = {"gmf10": 10, "gmf50": 50, "gmf100": 100, "gmf1000": 1000}
"""How many people may be in a group of an asset's kind."""


def kind_of(message: Message) -> str:
    """text, image, gif, file, sticker or audio: the end of an event's name."""
    if not message.file:
        return "text"
    return "gif" if message.file.mime == "image/gif" else _KINDS[message.file.kind]


def message(world: World, each: Message) -> Json:
    """The message of an event, mentions as `[@id]`."""
    shape: Json = {"msg_id": ids.message_id(each.chat, each.id)}
    if each.text:
        shape["text"] = marked(world, each)
    if each.file:
        payload = _payload(world, each.file)
        shape["attachments"] = [{"payload": payload, "type": kind_of(each)}]
    if each.reply_to:
        shape["quote_msg_id"] = ids.message_id(each.chat, each.reply_to)
    return shape


def marked(world: World, each: Message) -> str:
    text, start, out = each.text, 0, ""
    for entity in each.entities:
        if entity.type == "text_mention":
            shown = part(text, entity)
            place = text.index(shown, start)
            out += text[start:place] + f"[@{_marked_id(world, each.chat, entity.user)}]"
            start = place + len(shown)
    return out + text[start:]


def _marked_id(world: World, chat: str, user: int) -> str:
    if user == EVERYBODY:
        return ids.group_id(chat)
    return ids.oa_id(user) if user in world.bots else ids.user_id(user)


def _payload(world: World, file: File) -> Json:
    url = f"{world.address}{PREFIX}/files/{file.id}/{quote(file.name)}"
    match file.kind:
        case "photo":
            return {"thumbnail": url, "url": url}
        case "sticker":
            return {"id": file.id, "url": url}
        case "voice":
            return {"url": url}
        case "document":
            checksum = hashlib.md5(world.keeper.bytes_of(file.blob)).hexdigest()
            kind = PurePosixPath(file.name).suffix.removeprefix(".")
            return {
                "url": url,
                "size": str(file.size),
                "name": file.name,
                "checksum": checksum,
                "type": kind,
            }


def group(room: Chat) -> Json:
    """A group in a list."""
    return {
        "name": room.title,
        "avatar": _AVATAR,
        "group_id": ids.group_id(room.id),
        "group_link": ids.group_link(room.id),
        "group_description": room.about,
        "total_member": len(room.members),
        "status": "enabled" if room.enabled else "disabled",
    }


def full_group(room: Chat, asset: Asset) -> Json:
    info = group(room)
    rules = room.rules
    return {
        "group_info": info | {"max_member": str(SIZES[asset.product])},
        "asset_info": {
            "asset_type": asset.product,
            "asset_id": asset.id,
            "valid_through": "31/12/2099",
            "auto_renew": "true",
        },
        "group_setting": {
            "lock_send_msg": rules.locked,
            "join_appr": rules.approval,
            "enable_msg_history": rules.history,
            "enable_link_join": rules.by_link,
        },
    }


def member(world: World, user: int) -> Json:
    """The account itself is told by its oa_id."""
    named: Json = {"name": world.name_of(user), "avatar": _AVATAR}
    if user in world.bots:
        return {"oa_id": ids.oa_id(user)} | named
    return {"user_id": ids.user_id(user)} | named


def history(world: World, room: Chat, each: Message) -> Json:
    """A message of a conversation; `src` 0 is the account, 1 a person."""
    own = each.sender in world.bots
    sender = ids.oa_id(each.sender) if own else ids.user_id(each.sender)
    shape: Json = {
        "src": 0 if own else 1,
        "time": each.date * 1000,
        "type": kind_of(each),
        "message": marked(world, each),
        "message_id": ids.message_id(each.chat, each.id),
        "from_id": sender,
        "from_display_name": world.name_of(each.sender),
        "from_avatar": _AVATAR,
    }
    if room.kind != "private":
        return shape | {"group_id": ids.group_id(room.id)}
    person, bot = world.partner(room)
    other = person.id if own else bot.id
    # These two are bare numbers in v2 of the API, too large for what reads numbers as floats.
    shape["from_id"] = int(sender)
    shape["to_id"] = int(ids.user_id(other) if own else ids.oa_id(other))
    return shape | {"to_display_name": world.name_of(other), "to_avatar": _AVATAR}


def account(bot: Bot, followers: int, *, verified: bool) -> Json:
    return {
        "oa_id": ids.oa_id(bot.id),
        "name": bot.name,
        "description": "",
        "oa_alias": bot.username,
        "is_verified": verified,
        "num_follower": followers,
        "avatar": _AVATAR,
    }


def person(world: World, user: int, last: str, *, follows: bool) -> Json:
    """`last` is the day of the last interaction, dd/mm/yyyy."""
    return {
        "user_id": ids.user_id(user),
        "user_id_by_app": ids.user_id_by_app(user),
        "display_name": world.name_of(user),
        "user_alias": world.name_of(user),
        "is_sensitive": False,
        "user_last_interaction_date": last,
        "user_is_follower": follows,
        "avatar": _AVATAR,
        "tags_and_notes_info": {"notes": [], "tag_names": []},
    }
