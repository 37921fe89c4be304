"""Drops what need not be remembered any longer, and settles what nobody can do any more."""

import logging
from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import Connection

from storage import codes, ends, files, inbox, sessions

log = logging.getLogger(__name__)

SESSION_DAYS = 30
CODE_TRY_DAYS = 1


def tidy(c: Connection, now: datetime, inbox_days: int) -> None:
    """Forget worked updates, conversations left standing and wrong codes of old."""
    inbox.forget(c, now - timedelta(days=inbox_days))
    sessions.forget(c, now - timedelta(days=SESSION_DAYS))
    codes.forget(c, now - timedelta(days=CODE_TRY_DAYS))


def forsake(c: Connection, account_ids: Collection[str], now: datetime) -> int:
    """End what waits for accounts that the settings no longer name; how many messages."""
    if lost := files.forsaken(c, account_ids):
        log.error("%s files are lost: only accounts had them that are no longer set up", lost)
    count = ends.forsaken(c, account_ids, "the account is no longer set up", now)
    if count:
        log.error("%s messages waited for accounts that are no longer set up", count)
    return count
