"""Which bot hears of what."""

from collections.abc import Iterator

from sandbox.chat import Chat
from sandbox.entities import part
from sandbox.facts import (
    Blocked,
    Bot,
    Edited,
    Fact,
    Joined,
    Left,
    Message,
    Posted,
    Pressed,
    Unblocked,
    Voted,
)
from sandbox.queues import Json, Update
from sandbox.telegram import shapes
from sandbox.world import World, private_id

ON_REQUEST = frozenset({"chat_member", "message_reaction", "message_reaction_count"})


def shape(update: Update) -> Json:
    return {"update_id": update.id, update.kind: update.content}


class Hearing:
    """Who is told what of the things that happen."""

    def __init__(self, world: World) -> None:
        self._world = world

    def told(self, fact: Fact) -> Iterator[tuple[int, str, Json]]:
        """Who is told what of a fact: bot, kind of update, content."""
        world = self._world
        match fact:
            case Posted(message) | Edited(message):
                kind = "message" if isinstance(fact, Posted) else "edited_message"
                for bot in self._hearers(message):
                    yield bot.id, kind, shapes.message(world, message)
            case Pressed():
                sender = world.chats[fact.chat].messages[fact.message].sender
                yield sender, "callback_query", shapes.callback_query(world, fact)
            case Joined() | Left():
                yield from self._told_of_member(fact)
            case Blocked(person, bot, date) | Unblocked(person, bot, date):
                room = world.chats[private_id(person, bot)]
                content = shapes.blocking(world, room, date, isinstance(fact, Blocked))
                yield bot, "my_chat_member", content
            case Voted():
                yield from self._told_of_vote(fact)

    def _told_of_member(self, fact: Joined | Left) -> Iterator[tuple[int, str, Json]]:
        content = shapes.member_update(self._world, fact)
        if self._world.is_bot(fact.user):
            yield fact.user, "my_chat_member", content
        room = self._world.chats[fact.chat]
        for bot in self._world.bots_in(room):
            if bot.id != fact.user and room.members[bot.id] == "administrator":
                yield bot.id, "chat_member", content

    def _told_of_vote(self, fact: Voted) -> Iterator[tuple[int, str, Json]]:
        message = self._world.chats[fact.chat].messages[fact.message]
        yield message.sender, "poll", shapes.poll(self._world, message)
        if message.poll and not message.poll.anonymous:
            yield message.sender, "poll_answer", shapes.poll_answer(self._world, fact)

    def _hearers(self, message: Message) -> Iterator[Bot]:
        """Bots hear people, and no bot; of bots only what the messenger says of them."""
        world = self._world
        room = world.chats[message.chat]
        if world.is_bot(message.sender) and not message.service:
            return
        bots = [world.partner(room)[1]] if room.kind == "private" else world.bots_in(room)
        yield from (bot for bot in bots if self._hears(bot, room, message))

    def _hears(self, bot: Bot, room: Chat, message: Message) -> bool:
        """Privacy mode: in a group a bot that does not read all hears what is meant for it.
        A bot's own service lines come back to it only when it leaves."""
        if message.sender == bot.id:
            return message.service is not None and message.service.kind in ("left", "pinned")
        if room.kind == "private" or bot.reads_all or message.service:
            return True
        if room.members[bot.id] == "administrator":
            return True
        answered = room.messages.get(message.reply_to)
        return bool(answered and answered.sender == bot.id) or self._addressed(bot, room, message)

    def _addressed(self, bot: Bot, room: Chat, message: Message) -> bool:
        name = f"@{bot.username}".lower()
        for entity in message.entities:
            words = part(message.text, entity).lower()
            if entity.type == "mention" and words == name:
                return True
            if entity.type == "bot_command" and "@" in words and words.endswith(name):
                return True
            if entity.type == "bot_command" and "@" not in words:
                return self._gets_plain_commands(bot, room)
            if entity.type == "text_mention" and entity.user == bot.id:
                return True
        return False

    def _gets_plain_commands(self, bot: Bot, room: Chat) -> bool:
        """A command without a name goes to the bot that spoke last, or to the only one."""
        return room.last_bot == bot.id or len(self._world.bots_in(room)) == 1
