"""An account whose token the messenger refuses: those who look after it are told elsewhere."""

import logging
from datetime import datetime

from sqlalchemy import Connection

from bot.house import House
from storage import chats, deliveries
from storage.deliveries import Letter

log = logging.getLogger(__name__)


def tell_lost(c: Connection, house: House, account_id: str, why: str, now: datetime) -> None:
    """Tell the account's coordinators by the accounts that still work."""
    text = house.words("account.lost", account=account_id)
    told = chats.served_by_others(c, account_id)
    for chat in told:
        deliveries.queue(c, Letter(chat.id, text), now)
    if not told:
        log.error("%s is refused (%s), and no other account reaches a coordinator", account_id, why)
