"""Questions."""

from sqlalchemy import (
    Column,
    ForeignKey,
    Table,
    Text,
)

from storage.schema.base import metadata
from storage.types import BigId, Moment

ticket = Table(
    "ticket",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("unit_id", ForeignKey("unit.id"), nullable=False, index=True),
    Column("asker_id", ForeignKey("person.id"), nullable=False),
    Column("chat_id", ForeignKey("chat.id"), nullable=False),
    Column("question", Text, nullable=False),
    Column("answer", Text),
    Column("answered_by", ForeignKey("person.id")),
    Column("created_at", Moment, nullable=False),
    Column("answered_at", Moment),
)
