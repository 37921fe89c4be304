"""An account that the messenger refuses, or takes again: who looks after it is told."""

import logging
from datetime import datetime

from sqlalchemy import Connection

from bot.house import House
from scheduler.detour import abandon
from storage import chats, deliveries, reach, tokens
from storage.deliveries import Letter

log = logging.getLogger(__name__)


def tell_trust(c: Connection, house: House, account_id: str, refused: str, now: datetime) -> None:
    """Keep why the platform refuses an account, "" when it takes it; when that is new, tell it.

    What waits in private chats of a refused account goes by the person's other messenger.
    """
    if not chats.account_lost(c, account_id, refused or None):
        return
    if refused:
        abandon(c, account_id, refused, now)
    told = reach.private_of(c, chats.stewards(c, account_id), now)
    if refused:
        told = [chat for chat in told if chat.account_id != account_id]
        if not told:
            log.error("%s is refused (%s), and nobody can be told", account_id, refused)
    key = "account.lost" if refused else "account.back"
    by_login = tokens.state(c, account_id) is not None
    text = house.words(key, account=account_id, by_login=by_login)
    for chat in told:
        deliveries.queue(c, Letter(chat.id, text), now)
