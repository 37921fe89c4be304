"""What every method works with: the world, the queues, the rules and the budget."""

from collections.abc import Iterable

from sandbox.bot_api.call import Call
from sandbox.bot_api.errors import ApiError
from sandbox.chat import Chat
from sandbox.facts import Bot, Fact, Listening
from sandbox.journal import Entry
from sandbox.queues import Json, Queues
from sandbox.trouble import Trouble
from sandbox.world import World
from sandbox.zalo_bot import names
from sandbox.zalo_bot.budget import Budget
from sandbox.zalo_bot.hearing import Hearing
from sandbox.zalo_bot.rules import Rules


class Api:
    """For each bot, `given` is the newest update that a poll has had, `shown` the last one;
    `hooked_at` is when its webhook was set or taken away (Unix seconds); `tests` counts
    testWebhook by day.
    """

    def __init__(self, world: World, trouble: Trouble) -> None:
        self.world, self.trouble = world, trouble
        self.rules = Rules()
        self.budget = Budget(world)
        self.hooked_at: dict[int, float] = {}
        self.given: dict[int, int] = {}
        self.shown: dict[int, int] = {}
        self.tests: dict[tuple[int, int], int] = {}
        self._hearing = Hearing(world)
        self.updates = Queues(world, "zalo_bot", self._told)
        world.listeners.append(self._hear)

    def _told(self, fact: Fact) -> Iterable[tuple[int, str, Json]]:
        for bot, kind, content in self._hearing.told(fact):
            self.budget.heard(bot, int(str(content["date"])) / 1000)
            yield bot, kind, content

    def _hear(self, entry: Entry) -> None:
        if isinstance(entry.fact, Listening) and self.updates.concern(entry.fact):
            self.hooked_at[entry.fact.bot] = entry.at

    def room(self, bot: Bot, chat_id: str) -> Chat | None:
        return names.chat_of(self.world, bot, chat_id)

    def chat_to_write(self, call: Call) -> Chat:
        """The chat of `chat_id` when the bot may send to it.

        Raises ApiError: 400 without one, 404 where it cannot write, 429 when its month is spent.
        """
        room = self.room(call.bot, call.required("chat_id"))
        if not room or not self._reaches(call.bot, room):
            raise ApiError(404, "Not Found")
        if not self.budget.left(call.bot.id, self.rules):
            raise ApiError(429, "Quota exceeded")
        return room

    def _reaches(self, bot: Bot, room: Chat) -> bool:
        if room.kind != "private":
            return bot.id in room.members
        person, _ = self.world.partner(room)
        return person.active and (person.id, bot.id) not in self.world.blocked
