"""Reports: data sets and their versions, what teams handed in, its review, and who was asked."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    Numeric,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from storage.schema.base import metadata
from storage.types import BigId, Json, Moment

# Every version that was ever in force: a past report is read by its own.
data_set_version = Table(
    "data_set_version",
    metadata,
    Column("data_set", String(40), nullable=False),
    Column("version", Integer, nullable=False),
    Column("body", Json, nullable=False),
    Column("since", Moment, nullable=False),
    PrimaryKeyConstraint("data_set", "version"),
)

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
    # The team said that there was no activity: its numbers are zero, not missing.
    Column("no_activity", Boolean, nullable=False, server_default=text("false")),
    # Sent back to the team with a word; empty once it is corrected.
    Column("returned_because", Text),
    UniqueConstraint("data_set", "period", "unit_id"),
)

report_value = Table(
    "report_value",
    metadata,
    Column("report_id", ForeignKey("report.id"), nullable=False),
    Column("element", String(40), nullable=False),
    Column("number", Numeric(20, 4)),
    Column("text", Text),  # words, the id of a choice, or "latitude,longitude"
    Column("file_id", ForeignKey("file.id")),
    PrimaryKeyConstraint("report_id", "element"),
    sqlite_with_rowid=False,
)

# What the reports of a unit's children come to, kept ready; storage/tallies.py.
tally = Table(
    "tally",
    metadata,
    Column("data_set", String(40), nullable=False),
    Column("version", Integer, nullable=False),
    Column("period", String(10), nullable=False),
    Column("parent_id", ForeignKey("unit.id"), nullable=False, index=True),
    Column("expected", Integer, nullable=False),
    Column("actual", Integer, nullable=False),
    Column("on_time", Integer, nullable=False),
    Column("no_activity", Integer, nullable=False),
    Column("sums", Json, nullable=False),  # by element: the total, the number of answers
    PrimaryKeyConstraint("data_set", "period", "parent_id"),
)

# What a report said before it was corrected.
report_change = Table(
    "report_change",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("report_id", ForeignKey("report.id"), nullable=False, index=True),
    Column("person_id", ForeignKey("person.id"), nullable=False),
    Column("at", Moment, nullable=False),
    Column("before", Json, nullable=False),  # the answers by element, as a draft keeps them
)

draft = Table(
    "draft",
    metadata,
    Column("data_set", String(40), nullable=False),
    Column("version", Integer, nullable=False),
    Column("period", String(10), nullable=False),
    Column("unit_id", ForeignKey("unit.id"), nullable=False),
    Column("answers", Json, nullable=False),
    Column("person_id", ForeignKey("person.id"), nullable=False),  # who fills it now
    Column("updated_at", Moment, nullable=False),
    PrimaryKeyConstraint("data_set", "period", "unit_id"),
)

# A unit's answers are in force up the tree: the unit's own report for a team, all below it for a
# unit with children. Only after every child's.
approval = Table(
    "approval",
    metadata,
    Column("data_set", String(40), nullable=False),
    Column("period", String(10), nullable=False),
    Column("unit_id", ForeignKey("unit.id"), nullable=False),
    Column("approved_by", ForeignKey("person.id"), nullable=False),
    Column("approved_at", Moment, nullable=False),
    PrimaryKeyConstraint("data_set", "period", "unit_id"),
)

lock_exception = Table(
    "lock_exception",
    metadata,
    Column("data_set", String(40), nullable=False),
    Column("period", String(10), nullable=False),
    Column("unit_id", ForeignKey("unit.id"), nullable=False),
    Column("granted_by", ForeignKey("person.id"), nullable=False),
    Column("until", Moment, nullable=False),
    PrimaryKeyConstraint("data_set", "period", "unit_id"),
)

# A number that a unit is to reach in a period.
target = Table(
    "target",
    metadata,
    Column("data_set", String(40), nullable=False),
    Column("element", String(40), nullable=False),
    Column("period", String(10), nullable=False),
    Column("unit_id", ForeignKey("unit.id"), nullable=False),
    Column("number", Numeric(20, 4), nullable=False),
    Column("assigned_by", ForeignKey("person.id")),  # empty: on the command line
    Column("assigned_at", Moment, nullable=False),
    PrimaryKeyConstraint("data_set", "period", "unit_id", "element"),
)

# Who was told that a unit's report is due or missing, each rung once: `domain/silence.py`. The row
# of rungs 0 to 2 is the team's, of those above it the unit's that was told of its silent teams.
prompt = Table(
    "prompt",
    metadata,
    Column("data_set", String(40), nullable=False),
    Column("period", String(10), nullable=False),
    Column("rung", Integer, nullable=False),
    Column("unit_id", ForeignKey("unit.id"), nullable=False),
    Column("told_at", Moment, nullable=False),
    PrimaryKeyConstraint("data_set", "period", "rung", "unit_id"),
)

leave = Table(
    "leave",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("unit_id", ForeignKey("unit.id"), nullable=False, index=True),
    Column("first", Date, nullable=False),
    Column("last", Date, nullable=False),
    Column("reason", Text, nullable=False, server_default=""),
    Column("created_by", ForeignKey("person.id"), nullable=False),
)

digest = Table(
    "digest",
    metadata,
    Column("data_set", String(40), nullable=False),
    Column("period", String(10), nullable=False),
    Column("unit_id", ForeignKey("unit.id"), nullable=False),
    Column("told_at", Moment, nullable=False),
    PrimaryKeyConstraint("data_set", "period", "unit_id"),
)

good_practice = Table(
    "good_practice",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("unit_id", ForeignKey("unit.id"), nullable=False, index=True),
    Column("person_id", ForeignKey("person.id"), nullable=False),
    Column("chat_id", ForeignKey("chat.id"), nullable=False),  # where it was told, and is answered
    Column("text", Text, nullable=False),
    Column("state", String(10), nullable=False),
    Column("decided_by", ForeignKey("person.id")),
    Column("decided_at", Moment),
    Column("created_at", Moment, nullable=False),
    CheckConstraint("state IN ('asked', 'approved', 'refused')", name="state"),
    Index("ix_good_practice_state_decided_at", "state", "decided_at"),
)

good_practice_photo = Table(
    "good_practice_photo",
    metadata,
    Column("good_practice_id", ForeignKey("good_practice.id"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("file_id", ForeignKey("file.id"), nullable=False),
    PrimaryKeyConstraint("good_practice_id", "position"),
)
