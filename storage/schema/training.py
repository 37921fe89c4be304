"""Courses that are given, the lessons that went out, and what people answered."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
    text,
)

from storage.schema.base import metadata
from storage.types import BigId, Json, Moment

# A course as its files were once: who began it so goes on with it so.
course_edition = Table(
    "course_edition",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("course_id", String(40), nullable=False),
    Column("digest", String(64), nullable=False, unique=True),
    Column("body", Json, nullable=False),
)

course_run = Table(
    "course_run",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("edition_id", ForeignKey("course_edition.id"), nullable=False),
    Column("unit_id", ForeignKey("unit.id"), index=True),  # it and all below; empty: one alone
    Column("chat_id", ForeignKey("chat.id")),  # only this group of the unit
    Column("started_by", ForeignKey("person.id"), nullable=False, index=True),
    Column("approved_by", ForeignKey("person.id")),  # the second person, where one is needed
    Column("lessons", Integer, nullable=False),
    Column("sent", Integer, nullable=False, server_default=text("0")),  # lessons that went out
    Column("state", String(10), nullable=False),
    Column("next_at", Moment),  # the next lesson, after the last one the end; empty: at own pace
    Column("created_at", Moment, nullable=False),
    CheckConstraint("state IN ('asked', 'running', 'paused', 'stopped', 'finished')", name="state"),
    Index(
        "ix_course_run_next_at",
        "next_at",
        sqlite_where=text("state = 'running'"),
        postgresql_where=text("state = 'running'"),
    ),
)

lesson_sent = Table(
    "lesson_sent",
    metadata,
    Column("run_id", ForeignKey("course_run.id"), nullable=False),
    Column("lesson", Integer, nullable=False),  # from 1
    Column("chat_id", ForeignKey("chat.id"), nullable=False, index=True),
    Column("unit_id", ForeignKey("unit.id"), nullable=False),
    Column("sent_at", Moment, nullable=False),
    Column("remind_at", Moment),  # empty: reminded, or nobody was slow
    PrimaryKeyConstraint("run_id", "lesson", "chat_id"),
    Index(
        "ix_lesson_sent_remind_at",
        "remind_at",
        sqlite_where=text("remind_at IS NOT NULL"),
        postgresql_where=text("remind_at IS NOT NULL"),
    ),
)

quiz_answer = Table(
    "quiz_answer",
    metadata,
    Column("run_id", ForeignKey("course_run.id"), nullable=False),
    Column("lesson", Integer, nullable=False),
    Column("person_id", ForeignKey("person.id"), nullable=False, index=True),
    Column("unit_id", ForeignKey("unit.id")),  # for which one learns; empty: for oneself
    Column("option", Integer, nullable=False),  # from 0
    Column("correct", Boolean, nullable=False),
    Column("at", Moment, nullable=False),
    PrimaryKeyConstraint("run_id", "lesson", "person_id"),
)
