"""Telegram's JSON of the world: User, Chat, Message, Update and what is in them."""

from collections.abc import Mapping
from pathlib import PurePosixPath

from sandbox.chat import Chat
from sandbox.facts import (
    Bot,
    Button,
    Entity,
    File,
    Joined,
    Left,
    Message,
    Poll,
    Pressed,
    Role,
    Service,
    Voted,
)
from sandbox.queues import Json
from sandbox.world import World

_FOLDERS = {"document": "documents", "photo": "photos", "sticker": "stickers", "voice": "voice"}
_ADMIN_RIGHTS = (
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
    "can_pin_messages",
)


def telegram_id(world: World, chat: Chat) -> int:
    """Telegram's number of a chat; a private chat has the number of its person."""
    return world.partner(chat)[0].id if chat.kind == "private" else int(chat.id)


def user(world: World, number: int) -> Json:
    if bot := world.bots.get(number):
        return _bot(bot)
    person = world.people[number]
    shape: Json = {"id": person.id, "is_bot": False, "first_name": person.name}
    named = {"last_name": person.last_name, "username": person.username}
    return shape | _present(named | {"language_code": person.language})


def _bot(bot: Bot) -> Json:
    return {"id": bot.id, "is_bot": True, "first_name": bot.name, "username": bot.username}


def me(bot: Bot) -> Json:
    return _bot(bot) | {
        "can_join_groups": bot.joins_groups,
        "can_read_all_group_messages": bot.reads_all,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


def _present(values: Mapping[str, object]) -> Json:
    return {key: value for key, value in values.items() if value}


def chat(world: World, room: Chat) -> Json:
    if room.kind == "private":
        person, _ = world.partner(room)
        named = {"last_name": person.last_name, "username": person.username}
        shape: Json = {"id": person.id, "first_name": person.name, "type": "private"}
        return shape | _present(named)
    shape = {"id": int(room.id), "title": room.title, "type": room.kind}
    return shape | ({"all_members_are_administrators": False} if room.kind == "group" else {})


def full_chat(world: World, room: Chat) -> Json:
    shape = chat(world, room) | {"accent_color_id": 0, "max_reaction_count": 11}
    shape["accepted_gift_types"] = dict.fromkeys(
        (
            "unlimited_gifts",
            "limited_gifts",
            "unique_gifts",
            "premium_subscription",
            "gifts_from_channels",
        ),
        False,
    )
    pinned = room.messages.get(room.pinned)
    return shape | ({"pinned_message": message(world, pinned, quote=False)} if pinned else {})


def entity(world: World, each: Entity) -> Json:
    shape: Json = {"type": each.type, "offset": each.offset, "length": each.length}
    extra = {"url": each.url, "language": each.language, "custom_emoji_id": each.emoji}
    if each.user in world.people or each.user in world.bots:
        shape["user"] = user(world, each.user)
    return shape | _present(extra)


def message(world: World, each: Message, quote: bool = True) -> Json:
    """A Message; with `quote`, the message that it answers is inside."""
    room = world.chats[each.chat]
    shape: Json = {
        "message_id": each.id,
        "from": user(world, each.sender),
        "chat": chat(world, room),
        "date": each.date,
    }
    if each.edited:
        shape["edit_date"] = each.edited
    if quote and (answered := room.messages.get(each.reply_to)):
        shape["reply_to_message"] = message(world, answered, quote=False)
    if each.buttons:
        shape["reply_markup"] = {"inline_keyboard": [_row(row) for row in each.buttons]}
    return shape | _content(world, each)


def _content(world: World, each: Message) -> Json:
    shape = _service(world, world.chats[each.chat], each.service) if each.service else {}
    if each.file:
        shape |= media(each.file)
    if each.poll:
        shape["poll"] = poll(world, each)
    if each.album:
        shape["media_group_id"] = each.album
    if each.origin:
        shape["forward_origin"] = {
            "type": "user",
            "sender_user": user(world, each.origin.sender),
            "date": each.origin.date,
        }
    return shape | _words(world, each)


def _words(world: World, each: Message) -> Json:
    if not each.text:
        return {}
    text, entities = ("caption", "caption_entities") if each.file else ("text", "entities")
    shape: Json = {text: each.text}
    if each.entities:
        shape[entities] = [entity(world, one) for one in each.entities]
    return shape


def _row(row: tuple[Button, ...]) -> list[Json]:
    return [
        {"text": each.text} | _present({"callback_data": each.data, "url": each.url})
        for each in row
    ]


def _service(world: World, room: Chat, line: Service) -> Json:
    match line.kind:
        case "created":
            name = "group_chat_created" if room.kind == "group" else "supergroup_chat_created"
            return {name: True}
        case "joined":
            return {"new_chat_members": [user(world, number) for number in line.users]}
        case "left":
            return {"left_chat_member": user(world, line.users[0])}
        case "migrated_to":
            return {"migrate_to_chat_id": int(line.chat)}
        case "migrated_from":
            return {"migrate_from_chat_id": int(line.chat)}
        case "pinned":
            pinned = room.messages.get(line.message)
            return {"pinned_message": message(world, pinned, quote=False)} if pinned else {}


def media(file: File) -> Json:
    match file.kind:
        case "photo":
            return {"photo": [_bare(file) | {"width": file.width, "height": file.height}]}
        case "sticker":
            sizes = {"width": 512, "height": 512, "is_animated": False, "is_video": False}
            return {"sticker": _bare(file) | sizes | {"type": "regular", "emoji": file.emoji}}
        case "voice":
            return {"voice": _bare(file) | {"duration": 1, "mime_type": file.mime}}
        case "document":
            return {"document": _bare(file) | {"file_name": file.name, "mime_type": file.mime}}


def _bare(file: File) -> Json:
    return {"file_id": file.id, "file_unique_id": file.id[:16], "file_size": file.size}


def file_shape(file: File) -> Json:
    return _bare(file) | {"file_path": file_path(file)}


def file_path(file: File) -> str:
    suffix = ".jpg" if file.kind == "photo" else PurePosixPath(file.name).suffix
    return f"{_FOLDERS[file.kind]}/{file.id}{suffix}"


def poll(world: World, each: Message) -> Json:
    asked = each.poll or Poll("", "", ())
    votes = world.votes.get((each.chat, each.id), {})
    chosen = [option for options in votes.values() for option in options]
    return {
        "id": asked.id,
        "question": asked.question,
        "options": [
            {"persistent_id": str(place), "text": text, "voter_count": chosen.count(place)}
            for place, text in enumerate(asked.options)
        ],
        "total_voter_count": sum(1 for options in votes.values() if options),
        "is_closed": asked.closed,
        "is_anonymous": asked.anonymous,
        "type": "regular",
        "allows_multiple_answers": asked.multiple,
        "allows_revoting": True,
        "members_only": False,
    }


def member(world: World, number: int, role: Role | None, removed: bool = False) -> Json:
    """A ChatMember. Without a role: kicked when someone removed it, else left."""
    shape: Json = {"user": user(world, number), "status": role or "left"}
    if role == "creator":
        return shape | {"is_anonymous": False}
    if role == "administrator":
        rights = dict.fromkeys(_ADMIN_RIGHTS, True)
        return shape | rights | {"can_be_edited": False, "is_anonymous": False}
    if removed and not role:
        return shape | {"status": "kicked", "until_date": 0}
    return shape


def member_update(world: World, fact: Joined | Left) -> Json:
    """ChatMemberUpdated of someone who came, went or has another role now."""
    role = fact.role if isinstance(fact, Joined) else None
    return {
        "chat": chat(world, world.chats[fact.chat]),
        "from": user(world, fact.by),
        "date": fact.date,
        "old_chat_member": member(world, fact.user, fact.was),
        "new_chat_member": member(world, fact.user, role, fact.by != fact.user),
    }


def blocking(world: World, room: Chat, date: int, blocked: bool) -> Json:
    """my_chat_member of a private chat: the person blocks the bot, or takes it back."""
    person, bot = world.partner(room)
    free, kicked = member(world, bot.id, "member"), member(world, bot.id, None, removed=True)
    return {
        "chat": chat(world, room),
        "from": user(world, person.id),
        "date": date,
        "old_chat_member": free if blocked else kicked,
        "new_chat_member": kicked if blocked else free,
    }


def callback_query(world: World, fact: Pressed) -> Json:
    room = world.chats[fact.chat]
    return {
        "id": fact.query,
        "from": user(world, fact.person),
        "message": message(world, room.messages[fact.message]),
        "chat_instance": str(abs(telegram_id(world, room)) * 31),
        "data": fact.data,
    }


def poll_answer(world: World, fact: Voted) -> Json:
    asked = world.chats[fact.chat].messages[fact.message].poll
    return {
        "poll_id": asked.id if asked else "",
        "user": user(world, fact.person),
        "option_ids": list(fact.options),
        "option_persistent_ids": [str(option) for option in fact.options],
    }
