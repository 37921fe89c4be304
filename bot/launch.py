"""The start of a broadcast: what stands in its way, when it goes, and through whom."""

import logging
from collections import Counter
from collections.abc import Mapping
from datetime import datetime

from markupsafe import Markup
from sqlalchemy import Connection

from bot import budget
from bot.broadcast import describe, letters, queue_to
from bot.coordinators import of_unit
from bot.house import House
from bot.passage import ask_to_pass, until
from bot.words import Said
from domain.broadcast import BroadcastState, series
from domain.period import local_day
from storage import (
    audience,
    broadcasts,
    deliveries,
    documents,
    files,
    passages,
    units,
)
from storage.broadcasts import Broadcast, Plan
from storage.deliveries import Letter

log = logging.getLogger(__name__)


def reached(
    c: Connection, house: House, plan: Plan | Broadcast, now: datetime
) -> Mapping[str, int]:
    """To how many groups it goes by each account."""
    day, others = local_day(now, house.zone), series(plan.confirmation)
    return audience.by_account(c, plan.unit_id, plan.levels, day, others)


def obstacle(c: Connection, plan: Plan | Broadcast, groups: Mapping[str, int]) -> Said | None:
    """Why a document cannot go to these groups, counted by account, if it cannot."""
    document = documents.get(c, plan.document_id)
    if document.withdrawn_at:
        return Said("plan.withdrawn", describe(document))
    if not groups:
        others = series(plan.confirmation)
        key = "plan.had_before" if others and audience.had(c, others) else "plan.nobody"
        return Said(key, {"unit": units.get(c, plan.unit_id).name})
    for file in documents.files_of(c, document.id):
        if not files.reachable(c, file.id, groups):
            return Said("plan.file_lost", {"name": file.name})
    return None


def shortage(
    c: Connection, house: House, plan: Plan | Broadcast, groups: Mapping[str, int], now: datetime
) -> Said | None:
    """That an account may not send so much in the month of the start, if it may not."""
    document = documents.get(c, plan.document_id)
    parts = len(letters(house, document, documents.files_of(c, document.id), albums=False))
    needed = {account: count * parts for account, count in groups.items()}
    return budget.shortage(c, house, needed, max(plan.start_at, now))


def start(c: Connection, house: House, broadcast: Broadcast, now: datetime) -> Said:
    """Start a broadcast, or let it wait for its time, or stop it because it cannot go."""
    wanted = max(broadcast.start_at, now)
    at = wanted if broadcast.urgent else house.quiet.over(wanted)
    if at > now:
        broadcasts.postpone(c, broadcast.id, at)
        return Said("plan.planned", {"at": at, "broadcast_id": broadcast.id})
    if found := _cause(c, house, broadcast, now):
        broadcasts.set_state(c, broadcast.id, BroadcastState.PAUSED, now)
        log.warning("broadcast %s cannot start: %s", broadcast.id, found.key)
        return _not_started(house, broadcast, found)
    broadcasts.set_state(c, broadcast.id, BroadcastState.RUNNING, now)
    return _send_out(c, house, broadcasts.get(c, broadcast.id), now)


def _cause(c: Connection, house: House, broadcast: Broadcast, now: datetime) -> Said | None:
    """What keeps a broadcast from starting, if anything does."""
    groups = reached(c, house, broadcast, now)
    return obstacle(c, broadcast, groups) or shortage(c, house, broadcast, groups, now)


def _not_started(house: House, broadcast: Broadcast, found: Said | None) -> Said:
    why = Markup(house.words(found.key, **found.values)) if found else ""
    return Said("plan.not_started", {"why": why, "broadcast_id": broadcast.id})


def stuck(c: Connection, house: House, broadcast: Broadcast, now: datetime) -> str:
    """What keeps a broadcast from starting that is stuck, in words; nothing of any other."""
    if not broadcast.stuck:
        return ""
    said = _not_started(house, broadcast, _cause(c, house, broadcast, now))
    return house.words(said.key, **said.values)


def _send_out(c: Connection, house: House, broadcast: Broadcast, now: datetime) -> Said:
    """Write the ledger: straight to the groups, or to those who pass it on."""
    day, others = local_day(now, house.zone), series(broadcast.confirmation)
    before = audience.had(c, others) if others else 0
    groups = audience.groups(c, broadcast.unit_id, broadcast.levels, day, others)
    through = broadcast.through_level
    passers = passages.passers(c, broadcast.unit_id, through, day) if through else {}
    straight = [group for group in groups if group.unit_id not in passers]
    held = Counter(passers[group.unit_id] for group in groups if group.unit_id in passers)
    queue_to(c, house, broadcast, straight, now)
    for unit_id in held:  # all of them first: with the last one passed on the broadcast is complete
        passages.add(c, broadcast.id, unit_id, until(house, now))
    asked = [
        ask_to_pass(c, house, broadcast, unit_id, count, now) for unit_id, count in held.items()
    ]
    told = {"groups": len(groups), "asked": sum(asked), "before": before}
    return Said("plan.sending", told)


def start_planned(c: Connection, house: House, broadcast: Broadcast, now: datetime) -> None:
    """Start a broadcast whose time has come, and tell whoever planned it.

    Of one from the command line the unit's coordinators are told when it cannot start.
    """
    said = start(c, house, broadcast, now)
    told = [broadcast.chat_id] if broadcast.chat_id else []
    if not told and broadcasts.get(c, broadcast.id).stuck:
        told = [chat.id for chat in of_unit(c, broadcast.unit_id, now)]
    document = documents.get(c, broadcast.document_id)
    text = house.words("plan.time_has_come", **describe(document))
    what = house.words(said.key, **said.values)
    for chat_id in told:
        deliveries.queue(c, Letter(chat_id, f"{text}\n{what}"), now)
