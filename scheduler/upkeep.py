"""Drops what need not be remembered any longer."""

from datetime import datetime, timedelta

from sqlalchemy import Connection

from storage import codes, inbox, sessions

SESSION_DAYS = 30
CODE_TRY_DAYS = 1


def tidy(c: Connection, now: datetime, inbox_days: int) -> None:
    """Forget worked updates, conversations left standing and wrong codes of old."""
    inbox.forget(c, now - timedelta(days=inbox_days))
    sessions.forget(c, now - timedelta(days=SESSION_DAYS))
    codes.forget(c, now - timedelta(days=CODE_TRY_DAYS))
