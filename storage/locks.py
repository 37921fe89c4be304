"""Queries on lock exceptions: locked reports that may be filled in again for a while."""

from datetime import datetime

from sqlalchemy import Connection, select

from domain.audit import Act
from storage import audit
from storage.reports import Form
from storage.schema import lock_exception
from storage.upsert import insert


def unlocked(c: Connection, form: Form, now: datetime) -> bool:
    """Whether the unit's report may be filled in although it is locked."""
    query = select(lock_exception.c.until).where(
        lock_exception.c.data_set == form.data_set,
        lock_exception.c.period == form.period,
        lock_exception.c.unit_id == form.unit_id,
    )
    until = c.execute(query).scalar()
    return until is not None and now < until


def unlock(c: Connection, form: Form, person_id: int, until: datetime) -> None:
    """Let a unit fill in its locked report up to a moment."""
    keys = {"data_set": form.data_set, "period": form.period, "unit_id": form.unit_id}
    granted = {"granted_by": person_id, "until": until}
    row = insert(c, lock_exception).values(**keys, **granted)
    c.execute(row.on_conflict_do_update(index_elements=list(keys), set_=granted))
    what = f"{form.data_set}/{form.period}"
    audit.note(c, Act.REPORT_UNLOCKED, lock_exception, what, unit_id=form.unit_id)
