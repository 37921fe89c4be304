"""Queries on lock exceptions: locked reports that may be filled in again for a while."""

from datetime import datetime

from sqlalchemy import Connection, select

from domain.audit import Act
from storage import audit
from storage.reports import Form, of_form
from storage.schema import lock_exception
from storage.upsert import put


def unlocked(c: Connection, form: Form, now: datetime) -> bool:
    """Whether the unit's report may be filled in although it is locked."""
    last = until(c, form)
    return last is not None and now < last


def until(c: Connection, form: Form) -> datetime | None:
    """Up to when the unit's report may or might be filled in although it is locked."""
    query = select(lock_exception.c.until).where(of_form(lock_exception, *form.key))
    last: datetime | None = c.execute(query).scalar()
    return last


def unlock(c: Connection, form: Form, person_id: int, until: datetime) -> None:
    """Let a unit fill in its locked report up to a moment."""
    keys = {"data_set": form.data_set, "period": form.period, "unit_id": form.unit_id}
    granted = {"granted_by": person_id, "until": until}
    c.execute(put(c, lock_exception, keys, granted))
    what = f"{form.data_set}/{form.period}"
    audit.note(c, Act.REPORT_UNLOCKED, lock_exception, what, unit_id=form.unit_id)
