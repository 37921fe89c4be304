"""An account whose token the messenger refuses, or takes again: who looks after it is told."""

import logging
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from bot.house import House
from storage import chats, deliveries
from storage.chats import KnownChat
from storage.deliveries import Letter

log = logging.getLogger(__name__)


def tell_trust(c: Connection, house: House, account_id: str, refused: str, now: datetime) -> None:
    """Keep why the platform refuses an account's token, "" when it takes it; tell it when new."""
    if not chats.account_lost(c, account_id, refused or None):
        return
    told = chats.caretakers(c, account_id, here=False)
    if not refused:
        # By itself too: where there is no other account, nobody knows yet that it was lost.
        told = _once([*told, *chats.caretakers(c, account_id, here=True)])
    elif not told:
        log.error(
            "%s is refused (%s), and no other account reaches a coordinator", account_id, refused
        )
    text = house.words("account.lost" if refused else "account.back", account=account_id)
    for chat in told:
        deliveries.queue(c, Letter(chat.id, text), now)


def _once(told: Sequence[KnownChat]) -> list[KnownChat]:
    """Of the chats of each person the first."""
    return list({chat.person_id: chat for chat in reversed(told)}.values())
