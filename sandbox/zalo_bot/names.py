"""The ids under which the platform knows the world's people, groups, bots and messages."""

from zlib import crc32

from sandbox.aliases import digits_of, from_hex, hex_of
from sandbox.chat import Chat
from sandbox.facts import Bot, Message
from sandbox.world import World, private_id

_PERSON, _GROUP = "zalo_bot person", "zalo_bot group"
_LINK = "https://bot.zaloplatforms.com/bots/"


def of_person(person: int) -> str:
    return hex_of(person, _PERSON)


def of_chat(world: World, room: Chat) -> str:
    """A private chat has the id of its person."""
    if room.kind == "private":
        return of_person(world.partner(room)[0].id)
    return of_group(room.id)


def of_group(chat: str) -> str:
    """The name of a group by its chat id, a negative number."""
    return hex_of(-int(chat), _GROUP)


def of_message(message: Message) -> str:
    return hex_of(crc32(message.chat.encode()) << 20 | message.id, "zalo_bot message")


def of_bot(bot: Bot) -> str:
    return digits_of(bot.id, "zalo_bot bot")


def link_of(bot: Bot) -> str:
    """The address that opens the bot, or adds it to a group."""
    return _LINK + of_bot(bot)


def bot_of_link(world: World, link: str) -> Bot | None:
    """The bot whose link this is."""
    bots = (bot for bot in world.bots.values() if bot.messenger == "zalo_bot")
    return next((bot for bot in bots if link.strip().rstrip("/") == link_of(bot)), None)


def chat_of(world: World, bot: Bot, chat_id: str) -> Chat | None:
    """The chat that a bot means by an id."""
    if (person := from_hex(chat_id, _PERSON)) is not None:
        return world.chats.get(private_id(person, bot.id))
    group = from_hex(chat_id, _GROUP)
    room = world.chats.get(str(-group)) if group is not None else None
    return room if room and room.messenger == "zalo_bot" else None
