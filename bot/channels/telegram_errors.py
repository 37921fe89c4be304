"""What Telegram's failures mean for the one who sends.

Codes and texts: https://core.telegram.org/bots/api#making-requests and the official server,
https://github.com/tdlib/telegram-bot-api.
"""

import time
from collections.abc import Callable

from telegram.error import TelegramError

from bot.channels.telegram_request import Failure, NotSent
from domain.channel import AccountLost, ChatMoved, Lost, Refused, Scope, SendError, TryLater

UNREACHABLE_SECONDS = 5.0

_GONE = (
    "chat not found",
    "group chat was deactivated",
    "not enough rights to send text messages",
    "have no rights to send a message",
    "chat_write_forbidden",
    "peer_id_invalid",
)


class FloodLimits:
    """Tells a limit of one chat from one of the whole account, which a 429 does not.

    Telegram limits both (https://core.telegram.org/bots/faq). A second chat that is refused while
    the first one still waits means the account.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._chat_id, self._until = "", 0.0

    def scope(self, chat_id: str, seconds: float) -> Scope:
        """What a wait of `seconds` applies to; an empty `chat_id` is a call to no chat."""
        now = self._clock()
        other_waits = now < self._until and self._chat_id != chat_id
        self._chat_id, self._until = chat_id, now + seconds
        return Scope.ACCOUNT if other_waits or not chat_id else Scope.CHAT


def send_error(error: TelegramError, chat_id: str, limits: FloodLimits) -> SendError:
    """What the failure of a call for a chat means."""
    match error:
        case NotSent():
            return TryLater(error.message, UNREACHABLE_SECONDS, Scope.ACCOUNT)
        case Failure(code=429, retry_after=seconds):
            return TryLater(error.description, seconds, limits.scope(chat_id, seconds))
        case Failure():
            return _of_failure(error)
        case _:
            return Lost(error.message)


def _of_failure(error: Failure) -> SendError:
    reason = error.description
    if error.new_chat_id:
        return ChatMoved(reason, error.new_chat_id)
    match error.code:
        case 401 | 404:  # 404 is a token that is not even shaped like one
            return AccountLost(reason)
        case 403:
            return Refused(reason, gone=True)
        case 504:  # a gateway that waited in vain: what is behind it may have sent
            return Lost(reason)
        case code if 400 <= code < 500:
            return Refused(reason, gone=any(text in reason.lower() for text in _GONE))
        case 500:
            return TryLater(reason, UNREACHABLE_SECONDS)
        case _:
            return TryLater(reason, UNREACHABLE_SECONDS, Scope.ACCOUNT)
