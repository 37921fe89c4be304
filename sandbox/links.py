"""Deep links: how a person meets a bot."""

import re
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from sandbox.acts import ActError, bot_of, open_private, say, unblock
from sandbox.chat import Chat
from sandbox.membership import add_member
from sandbox.world import World

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


def follow(world: World, person: int, link: str, chat_id: str = "") -> Chat:
    """Open a deep link as a person does.

    `start`: the private chat opens (unblocking the bot) and "/start CODE" is sent.
    `startgroup`: the bot is added to the chosen group and "/start@bot CODE" is sent there.
    Neither: the private chat opens and nothing is sent.
    """
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
