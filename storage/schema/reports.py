"""Reports."""

from sqlalchemy import (
    Column,
    ForeignKey,
    Integer,
    Numeric,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from storage.schema.base import metadata
from storage.types import BigId, Json, Moment

report = Table(
    "report",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("data_set", String(40), nullable=False),
    Column("version", Integer, nullable=False),
    Column("period", String(10), nullable=False),
    Column("unit_id", ForeignKey("unit.id"), nullable=False),
    Column("submitted_by", ForeignKey("person.id"), nullable=False),
    Column("submitted_at", Moment, nullable=False),  # the first time: what timeliness counts
    Column("corrected_at", Moment),
    UniqueConstraint("data_set", "period", "unit_id"),
)

report_value = Table(
    "report_value",
    metadata,
    Column("report_id", ForeignKey("report.id"), nullable=False),
    Column("element", String(40), nullable=False),
    Column("number", Numeric(20, 4)),
    Column("text", Text),
    PrimaryKeyConstraint("report_id", "element"),
)

draft = Table(
    "draft",
    metadata,
    Column("data_set", String(40), nullable=False),
    Column("period", String(10), nullable=False),
    Column("unit_id", ForeignKey("unit.id"), nullable=False),
    Column("answers", Json, nullable=False),
    Column("person_id", ForeignKey("person.id"), nullable=False),  # who fills it now
    Column("updated_at", Moment, nullable=False),
    PrimaryKeyConstraint("data_set", "period", "unit_id"),
)

prompt = Table(
    "prompt",
    metadata,
    Column("data_set", String(40), nullable=False),
    Column("period", String(10), nullable=False),
    Column("unit_id", ForeignKey("unit.id"), nullable=False),
    Column("prompted_at", Moment, nullable=False),
    PrimaryKeyConstraint("data_set", "period", "unit_id"),
)
