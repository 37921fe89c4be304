"""Deep links: how a person meets a bot."""

import re
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from sandbox.acts import ActError, bot_of, group_of, open_private, say, unblock
from sandbox.chat import Chat
from sandbox.facts import Bot
from sandbox.membership import add_member
from sandbox.world import World
from sandbox.zalo_bot import names as zalo_bot_names
from sandbox.zalo_oa import ids as zalo_oa_ids

_PAYLOAD = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True, slots=True)
class Link:
    """A deep link, `https://t.me/<bot>?start=CODE` or `?startgroup=CODE`."""

    bot: str
    start: str = ""
    group: str = ""
    to_group: bool = False


def parse_link(link: str) -> Link:
    """Raises ActError (400) for what is no deep link of a bot."""
    url = urlsplit(link if "://" in link else f"https://{link}")
    query = {key: values[0] for key, values in parse_qs(url.query, keep_blank_values=True).items()}
    name = url.path.strip("/") if url.netloc == "t.me" else query.get("domain", "")
    if not name or (url.netloc != "t.me" and url.scheme != "tg"):
        raise ActError(400, f"{link!r} is not a link as https://t.me/<bot>?start=CODE")
    start, group = query.get("start", ""), query.get("startgroup", "")
    if any(code and not _PAYLOAD.fullmatch(code) for code in (start, group)):
        raise ActError(400, "a start code is 1 to 64 of A-Z a-z 0-9 _ -")
    return Link(name, start, group, "startgroup" in query)


def link_of(bot: Bot) -> str:
    """The address that opens the private chat with a bot."""
    match bot.messenger:
        case "telegram":
            return f"https://t.me/{bot.username}"
        case "zalo_bot":
            return zalo_bot_names.link_of(bot)
        case "zalo_oa":
            return zalo_oa_ids.oa_link(bot.id)


def follow(world: World, person: int, link: str, chat_id: str = "") -> Chat:
    """Open a deep link as a person does.

    `start`: the private chat opens (unblocking the bot) and "/start CODE" is sent.
    `startgroup`: the bot is added to the chosen group and "/start@bot CODE" is sent there.
    Neither: the private chat opens and nothing is sent. The link of a bot of Zalo opens its private
    chat or, with a group, adds it there; a group's own link lets the person in.
    """
    if zalo := zalo_bot_names.bot_of_link(world, link):
        return _meet_zalo_bot(world, person, zalo, chat_id)
    if group := zalo_oa_ids.linked(world, link):
        return _come_in(world, person, group)
    if account := zalo_oa_ids.account_of_link(world, link):
        return open_private(world, person, str(account))
    target = parse_link(link)
    bot = bot_of(world, target.bot)
    if target.to_group:
        add_member(world, chat_id, bot.id, person)
        code = f" {target.group}" if target.group else ""
        say(world, person, chat_id, f"/start@{bot.username}{code}")
        return world.chats[chat_id]
    chat = open_private(world, person, str(bot.id))
    unblock(world, person, str(bot.id))
    if target.start:
        say(world, person, chat.id, f"/start {target.start}")
    return chat


def _come_in(world: World, person: int, group: Chat) -> Chat:
    if not group.rules.by_link:
        raise ActError(403, f"the link of {group.id!r} lets nobody in")
    add_member(world, group.id, person, person)
    return group


def _meet_zalo_bot(world: World, person: int, bot: Bot, chat_id: str) -> Chat:
    if not chat_id:
        return open_private(world, person, str(bot.id))
    if group_of(world, chat_id).members.get(person, "member") == "member":
        raise ActError(403, "only the group's founder and administrators add a bot")
    add_member(world, chat_id, bot.id, person)
    return world.chats[chat_id]
