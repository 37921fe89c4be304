"""What every method works with: the world, the queues and the rules of access to a chat."""

from sandbox.bot_api.call import Call
from sandbox.bot_api.errors import ApiError, bad_request, forbidden
from sandbox.chat import Chat
from sandbox.facts import Bot, Described, Message
from sandbox.journal import Entry
from sandbox.numbers import whole
from sandbox.queues import Queues
from sandbox.telegram.limits import Limits
from sandbox.telegram.updates import ON_REQUEST, Hearing
from sandbox.trouble import Trouble
from sandbox.world import World, private_id


class Api:
    """`described`: what bots have said of themselves, by bot and by what it is."""

    def __init__(self, world: World, trouble: Trouble) -> None:
        self.world = world
        self.updates = Queues(world, "telegram", Hearing(world).told, ON_REQUEST)
        self.described: dict[tuple[int, str], str] = {}
        self.trouble = trouble
        self.limits = Limits(trouble.tallies)
        world.listeners.append(self._hear)

    def _hear(self, entry: Entry) -> None:
        if isinstance(entry.fact, Described):
            self.described[entry.fact.bot, entry.fact.what] = entry.fact.value

    def chat_to_read(self, call: Call) -> Chat:
        """The chat of `chat_id`, known to the bot and not closed to it."""
        room = self._chat(call)
        if room.kind == "supergroup":
            self._check_member(call.bot, room)
        return room

    def chat_to_write(self, call: Call) -> Chat:
        """The chat of `chat_id` when the bot may send to it; else Telegram's error."""
        room = self._chat(call)
        if room.kind == "private":
            self._check_person(room)
        elif room.moved_to:
            text = "Bad Request: group chat was upgraded to a supergroup chat"
            raise ApiError(400, text, migrate_to_chat_id=int(room.moved_to))
        else:
            self._check_member(call.bot, room)
        return room

    def message_in(self, room: Chat, message_id: int, what: str) -> Message:
        if message_id not in room.messages:
            raise bad_request(f"{what} not found")
        return room.messages[message_id]

    def _chat(self, call: Call) -> Chat:
        if not (text := call.text("chat_id")):
            raise bad_request("chat_id is empty")
        room = self.room(call.bot, text)
        if not room or not self._has_met(call.bot, room):
            raise self._stranger(call.bot, text)
        return room

    def room(self, bot: Bot, chat_id: str) -> Chat | None:
        """The chat that a bot means."""
        room = self.world.chats.get(private_id(chat_id, bot.id) if whole(chat_id) >= 0 else chat_id)
        return room if room and room.messenger == "telegram" else None

    def _has_met(self, bot: Bot, room: Chat) -> bool:
        """A private chat counts from its first message; a group once the bot has been in it."""
        if room.kind == "private":
            return room.next_id > 1
        return bot.id in room.members or bot.id in room.met

    def _stranger(self, bot: Bot, chat_id: str) -> ApiError:
        rooms = self.world.chats_of.get(whole(chat_id), {})
        if any(bot.id in self.world.chats[room].members for room in rooms):
            return forbidden("bot can't initiate conversation with a user")
        return bad_request("chat not found")

    def _check_person(self, room: Chat) -> None:
        person, bot = self.world.partner(room)
        if not person.active:
            raise forbidden("user is deactivated")
        if (person.id, bot.id) in self.world.blocked:
            raise forbidden("bot was blocked by the user")

    def _check_member(self, bot: Bot, room: Chat) -> None:
        if bot.id in room.removed:
            raise forbidden(f"bot was kicked from the {room.kind} chat")
        if bot.id not in room.members:
            raise forbidden(f"bot is not a member of the {room.kind} chat")
