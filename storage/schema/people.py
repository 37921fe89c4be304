"""Units and people."""

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    text,
)

from storage.schema.base import metadata
from storage.types import BigId, Json, Moment

unit = Table(
    "unit",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("code", String(40), nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("level", String(40), nullable=False),
    Column("opened_on", Date),
    Column("closed_on", Date),
)

unit_parent = Table(
    "unit_parent",
    metadata,
    Column("unit_id", ForeignKey("unit.id"), nullable=False),
    Column("parent_id", ForeignKey("unit.id"), nullable=False),
    Column("since", Date, nullable=False),
    Column("until", Date),
    PrimaryKeyConstraint("unit_id", "since"),
    Index("ix_unit_parent_parent_id_unit_id", "parent_id", "unit_id"),
)

team = Table(
    "team",
    metadata,
    Column("unit_id", ForeignKey("unit.id"), primary_key=True, autoincrement=False),
    Column("decision_number", Text, nullable=False),
    Column("decision_date", Date),
)

person = Table(
    "person",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("name", Text, nullable=False),
    Column("phone", String(20), unique=True),
    Column("it_knowledge", Boolean, nullable=False, server_default=text("false")),
    Column("created_at", Moment, nullable=False),
)

membership = Table(
    "membership",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("person_id", ForeignKey("person.id"), nullable=False, index=True),
    Column("unit_id", ForeignKey("unit.id"), nullable=False, index=True),
    Column("role", String(20), nullable=False),
    Column("since", Date, nullable=False),
    Column("until", Date),
    Index(
        "uq_membership_current",
        "person_id",
        "unit_id",
        "role",
        unique=True,
        sqlite_where=text("until IS NULL"),
        postgresql_where=text("until IS NULL"),
    ),
)

join_code = Table(
    "join_code",
    metadata,
    Column("code", String(20), primary_key=True),
    Column("unit_id", ForeignKey("unit.id"), nullable=False),
    Column("role", String(20)),  # empty: the code binds a group
    Column("created_by", ForeignKey("person.id")),  # empty: made on the command line
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("uses_left", Integer, nullable=False),
)

link_code = Table(
    "link_code",
    metadata,
    Column("code", String(20), primary_key=True),
    Column("person_id", ForeignKey("person.id"), nullable=False, index=True),
    Column("expires_at", Moment, nullable=False),
)

person_link = Table(
    "person_link",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("person_id", ForeignKey("person.id"), nullable=False, index=True),
    Column("other_id", ForeignKey("person.id"), nullable=False),  # who was joined into the person
    Column("moved", Json, nullable=False),  # what came from the other, so that it can go back
    Column("at", Moment, nullable=False),
    Column("undone_at", Moment),
)

wrong_code = Table(
    "wrong_code",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("person_id", ForeignKey("person.id"), nullable=False),
    Column("at", Moment, nullable=False),
    Index("ix_wrong_code_person_id_at", "person_id", "at"),
)
