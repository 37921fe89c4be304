"""The audit trail."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, String, Table, text

from storage.schema.base import metadata
from storage.types import BigId, Json, Moment

# Every right that somebody used. Names no one but by number: who is wiped stands here nameless.
audit = Table(
    "audit",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("act", String(30), nullable=False),
    Column("person_id", ForeignKey("person.id"), index=True),  # who did it
    Column("operator", String(60), nullable=False, server_default=""),  # at the command line
    Column("account_id", ForeignKey("account.id")),  # from where; empty: not from a messenger
    Column("chat_id", BigInteger),  # no key: a group that moved is a new row, and this one stays
    Column("unit_id", ForeignKey("unit.id")),  # on which unit
    Column("other_id", ForeignKey("person.id"), index=True),  # on which person
    Column("subject", String(80), nullable=False, server_default=""),  # on what, as `ticket:12`
    Column("detail", Json, nullable=False, server_default=text("'{}'")),  # codes and counts
    Index("ix_audit_unit_id_id", "unit_id", "id"),
    Index("ix_audit_at", "at"),
)
