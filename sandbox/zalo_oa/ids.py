"""What an Official Account's API calls people, groups and messages; all are texts."""

import hashlib

from sandbox.aliases import digits_of, from_digits, from_hex, hex_of
from sandbox.chat import Chat
from sandbox.world import World

_GROUP_LINK = "https://zalo.me/g/"


def user_id(person: int) -> str:
    return digits_of(person, "zalo user")


def user_id_by_app(person: int) -> str:
    """The same person in another namespace: nothing can be sent to it."""
    return digits_of(person, "zalo user by app")


def oa_id(bot: int) -> str:
    return digits_of(bot, "zalo oa")


def oa_link(bot: int) -> str:
    """The address at which people meet the account."""
    return f"https://zalo.me/{oa_id(bot)}"


def account_of_link(world: World, link: str) -> int | None:
    number = from_digits(link.removeprefix("https://zalo.me/"), "zalo oa")
    return number if number in world.bots else None


def person_of(world: World, text: str) -> int | None:
    number = from_digits(text, "zalo user")
    return number if number in world.people else None


def group_id(chat: str) -> str:
    """The name of a group by its chat id, a negative number."""
    return hex_of(-int(chat), "gmf")


def group_link(chat: str) -> str:
    return _GROUP_LINK + hex_of(-int(chat), "gmf link")


def group_of(world: World, text: str) -> Chat | None:
    """The group of a group_id."""
    return _group(world, from_hex(text, "gmf"))


def linked(world: World, link: str) -> Chat | None:
    """The group of a group_link."""
    return _group(world, from_hex(link.removeprefix(_GROUP_LINK), "gmf link"))


def _group(world: World, number: int | None) -> Chat | None:
    room = world.chats.get(str(-number)) if number else None
    return room if room and room.messenger == "zalo_oa" else None


def message_id(chat: str, message: int) -> str:
    return _hashed(f"{chat}/{message}")


def press_id(query: str) -> str:
    """The message that a press on a hidden button counts as."""
    return _hashed(f"press/{query}")


def _hashed(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:20]
