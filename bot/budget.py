"""An account that has used up most of its month: those who look after it are told."""

from datetime import datetime

from sqlalchemy import Connection

from bot.house import House
from domain.quota import percent
from storage import chats, deliveries, reach
from storage.deliveries import Letter
from storage.quotas import Budget


def warn(c: Connection, house: House, budget: Budget, now: datetime) -> None:
    """Tell the account's coordinators how much of the month is used."""
    total, used, _ = max(budget.counts(), key=lambda each: percent(each[1], each[0]))
    text = house.words(
        "account.quota_guarded" if budget.guarded else "account.quota_near",
        account=budget.account_id,
        used=used,
        total=total,
        share=percent(used, total),
    )
    for chat in reach.private_of(c, chats.stewards(c, budget.account_id), now):
        deliveries.queue(c, Letter(chat.id, text), now)
