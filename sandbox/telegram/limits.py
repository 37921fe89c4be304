"""Telegram's limits of rate, switched on at will, and the count of what every bot does.

The figures are those of https://core.telegram.org/bots/faq ("My bot is hitting limits"), and of
allow_paid_broadcast in https://core.telegram.org/bots/api#sendmessage. Telegram gives them as
"about" and tolerates short bursts; what that means here is in docs/sandbox.md.
"""

import math
from dataclasses import dataclass

from sandbox.bot_api.call import Call
from sandbox.bot_api.errors import ApiError
from sandbox.tally import Tallies, Window

SENDING = frozenset(
    {
        "sendmessage",
        "sendphoto",
        "senddocument",
        "sendmediagroup",
        "sendpoll",
        "forwardmessage",
        "copymessage",
    }
)
"""The methods that put messages into a chat, in small letters; only they are limited."""


@dataclass(frozen=True, slots=True)
class Rates:
    """How many messages: a bot's and one private chat's in a second, one group's in a minute.

    `paid` is a bot's with allow_paid_broadcast. With a `speed` of 10 everything is allowed ten
    times as often.
    """

    bot: float = 30
    private: float = 1
    group: float = 20
    paid: float = 1000
    speed: float = 1

    def __post_init__(self) -> None:
        if min(self.bot, self.private, self.group, self.paid, self.speed) <= 0:
            raise ValueError("every rate and the speed must be more than 0")


def _a_second(rate: float) -> tuple[Window, ...]:
    """A bot's windows: what a second allows may come at once, but over a minute that is little."""
    return Window(rate * 2, 1), Window(rate * 61, 60)


def _of_chat(rates: Rates, chat: str) -> tuple[Window, ...]:
    """A group's minute has no burst; in a private chat a few messages may come at once."""
    if chat.startswith("-"):
        return (Window(rates.group * rates.speed, 60),)
    rate = rates.private * rates.speed
    return Window(rate * 5, 1), Window(rate * 15, 10)


class Limits:
    """The windows of all bots; without `rates` it only counts."""

    def __init__(self, tallies: Tallies) -> None:
        self._tallies = tallies
        self.begin(None)

    def begin(self, rates: Rates | None) -> None:
        """From now on keep these limits, or none; every count begins anew."""
        self.rates = rates
        self._tallies.begin()
        self._bots: dict[tuple[int, bool], tuple[Window, ...]] = {}
        self._chats: dict[tuple[int, str], tuple[Window, ...]] = {}

    def check(self, call: Call, now: float) -> None:
        """Raises ApiError 429 when a message more is too many."""
        of_bot, of_chat = self._windows(call)
        tally, chat_wait = self._tallies.of(call.bot.id), _wait(of_chat, now)
        if wait := max(chat_wait, _wait(of_bot, now)):
            tally.too_many_chat += chat_wait > 0
            tally.too_many_bot += chat_wait == 0
            raise too_many(math.ceil(wait))

    def count(self, call: Call, now: float, messages: int = 1) -> None:
        """So many messages were taken."""
        tally = self._tallies.of(call.bot.id)
        tally.paid += messages if _is_paid(call) else 0
        of_bot, of_chat = self._windows(call)
        for _ in range(messages):
            tally.sent(now)
            for window in (*of_bot, *of_chat):
                window.count(now)

    def _windows(self, call: Call) -> tuple[tuple[Window, ...], tuple[Window, ...]]:
        """Those of the bot and those of the chat."""
        if not (rates := self.rates):
            return (), ()
        paid, chat = _is_paid(call), call.text("chat_id")
        if (call.bot.id, paid) not in self._bots:
            rate = (rates.paid if paid else rates.bot) * rates.speed
            self._bots[call.bot.id, paid] = _a_second(rate)
        if (call.bot.id, chat) not in self._chats:
            self._chats[call.bot.id, chat] = _of_chat(rates, chat)
        return self._bots[call.bot.id, paid], self._chats[call.bot.id, chat]


def too_many(seconds: int) -> ApiError:
    return ApiError(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)


def _is_paid(call: Call) -> bool:
    return "allow_paid_broadcast" in call.params and call.flag("allow_paid_broadcast")


def _wait(windows: tuple[Window, ...], now: float) -> float:
    return max((window.wait(now) for window in windows), default=0.0)
