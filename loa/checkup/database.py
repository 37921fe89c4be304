"""Checks of the database: reached, at the newest revision, and with somebody in it."""

import asyncio
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import URL, make_url

from loa.checkup.finding import Finding, good, warning, wrong
from storage.census import Census
from storage.figures import Tickets
from storage.migrate import current, revisions
from storage.store import opened_store

ANSWER_SECONDS = 5.0
"""How long the database may take, and how long somebody else may hold its lock."""
LONG_QUESTION = timedelta(days=3)
"""By then a question has been carried up the whole line."""


async def check_database(text: str) -> Finding:
    """Whether it is there, lets itself be written, and has the tables of this program."""
    url = make_url(text)
    shown = {"engine": url.get_backend_name(), "place": url.render_as_string(hide_password=True)}
    if is_to_be_made(url):
        return warning("database_missing", **shown)
    try:
        async with asyncio.timeout(2 * ANSWER_SECONDS):
            revision = await _revision(text)
    except TimeoutError:
        return wrong("database_silent", **shown, seconds=f"{2 * ANSWER_SECONDS:g}")
    except Exception as error:  # each driver has its own errors, and each is a fault to be told
        return wrong("database_closed", **shown, error=str(error))
    return _at(revision, shown)


def is_to_be_made(url: URL) -> bool:
    """Whether opening it would make it."""
    return url.get_backend_name() == "sqlite" and not Path(url.database or "").exists()


async def _revision(url: str) -> str | None:
    async with opened_store(url, ANSWER_SECONDS) as store:
        return await store.write(current)  # not a read: that would not ask for the lock


def _at(revision: str | None, shown: dict[str, str]) -> Finding:
    known = revisions()
    if revision == known[0]:
        return good("database", **shown)
    if revision is None:
        return warning("database_missing", **shown)
    return warning("database_old", **shown) if revision in known else wrong("database_new", **shown)


def check_census(census: Census) -> Iterator[Finding]:
    """Whether there is anybody to coordinate, and anybody who does."""
    yield good("census", census=census) if census.units else warning("no_units")
    if not census.coordinators:
        yield warning("no_coordinator")
    if census.units and not census.groups:
        yield warning("no_groups")


def check_tickets(tickets: Tickets, now: datetime) -> Finding:
    """Whether questions are answered by somebody."""
    if tickets.since is None:
        return good("no_tickets")
    told = {"count": tickets.count, "since": tickets.since}
    late = now - tickets.since >= LONG_QUESTION
    return warning("tickets_late", **told) if late else good("tickets", **told)
