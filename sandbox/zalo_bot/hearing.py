"""Which bot hears of what, in the platform's JSON.

In a group a bot hears only what mentions it, or answers a message of its own. It is told of
nothing else: not of people who come or go, not of its own coming, and of no edit.
"""

from collections.abc import Iterator

from sandbox.chat import Chat
from sandbox.facts import Bot, Fact, FileKind, Message, Posted
from sandbox.queues import Json, Update
from sandbox.world import World
from sandbox.zalo_bot import names
from sandbox.zalo_bot.rules import Rules

PREFIX = "/zalo/bot"
"""Where the platform is on the sandbox's server."""

TEXT, UNSUPPORTED = "message.text.received", "message.unsupported.received"
_EVENTS: dict[FileKind, str] = {
    "photo": "message.image.received",
    "sticker": "message.sticker.received",
    "voice": "message.voice.received",
}


class Hearing:
    """Who is told what of the things that happen."""

    def __init__(self, world: World) -> None:
        self._world = world

    def told(self, fact: Fact) -> Iterator[tuple[int, str, Json]]:
        if not isinstance(fact, Posted) or fact.message.service:
            return
        message = fact.message
        room = self._world.chats[message.chat]
        if self._world.is_bot(message.sender):
            return
        for bot in self._bots(room):
            if room.kind == "private" or _is_for(bot, room, message):
                event = _EVENTS.get(message.file.kind, UNSUPPORTED) if message.file else TEXT
                yield bot.id, event, self._shape(room, message)

    def _bots(self, room: Chat) -> list[Bot]:
        world = self._world
        return [world.partner(room)[1]] if room.kind == "private" else world.bots_in(room)

    def _shape(self, room: Chat, message: Message) -> Json:
        """A message; where its file is, is told by `shape` when it goes out."""
        world = self._world
        return {
            "from": {
                "id": names.of_person(message.sender),
                "display_name": world.name_of(message.sender),
                "is_bot": False,
            },
            "chat": {
                "id": names.of_chat(world, room),
                "chat_type": "PRIVATE" if room.kind == "private" else "GROUP",
            },
            "message_id": names.of_message(message),
            "date": message.date * 1000,
            "text": message.text,
            "file": message.file.id if message.file else "",
        }


def _is_for(bot: Bot, room: Chat, message: Message) -> bool:
    answered = room.messages.get(message.reply_to)
    if answered and answered.sender == bot.id:
        return True
    return any(each.type == "text_mention" and each.user == bot.id for each in message.entities)


def shape(update: Update, world: World, rules: Rules) -> Json:
    """An update as it goes out, with an address of its file that works from now on for a while."""
    message = dict(update.content)
    text, file = message.pop("text"), message.pop("file")
    until = int(world.clock.now()) + rules.photo_seconds
    url = f"{world.address}{PREFIX}/files/{file}/{until}"
    match update.kind:
        case "message.text.received":
            message |= {"text": text}
        case "message.image.received":
            message |= {rules.photo_field: url} | ({"caption": text} if text else {})
        case "message.sticker.received":
            message |= {"sticker": str(file)[:20], "url": url}
        case "message.voice.received":
            message |= {"voice_url": url}
    return {"message": message, "event_name": update.kind}
