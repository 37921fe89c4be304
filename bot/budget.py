"""The month of an account: whether it suffices for what is wanted, and who is told when it ends."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection

from bot.house import House
from bot.words import Said
from domain.quota import month_of, percent, shortfalls
from storage import chats, deliveries, quotas, reach
from storage.deliveries import Letter
from storage.quotas import Budget


def shortage(c: Connection, house: House, needed: Mapping[str, int], at: datetime) -> Said | None:
    """That an account may not send so many messages in the month of that moment, if it may not."""
    if not needed.keys() & house.quotas.keys():
        return None
    used = quotas.used(c, house.quotas.keys(), month_of(at, house.zone))
    short = shortfalls(house.quotas, used, needed)
    return Said("plan.short", {"short": short}) if short else None


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
