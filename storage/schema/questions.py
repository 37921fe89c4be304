"""Questions that nobody could answer yet, answers that were given, and entries that people made."""

from sqlalchemy import (
    BigInteger,
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

_OPEN = text("answered_at IS NULL AND closed_at IS NULL")

ticket = Table(
    "ticket",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("unit_id", ForeignKey("unit.id"), nullable=False, index=True),
    Column("asker_id", ForeignKey("person.id"), nullable=False, index=True),
    Column("chat_id", ForeignKey("chat.id"), nullable=False),
    Column("question", Text, nullable=False),  # numbers and addresses of people are masked
    Column("added", Text, nullable=False, server_default=""),  # what the asker said later
    Column("question_files", Json, nullable=False, server_default=text("'[]'")),
    Column("topic", Text, nullable=False, server_default=""),
    Column("answer", Text),
    Column("files", Json, nullable=False, server_default=text("'[]'")),  # that go with the answer
    Column("answered_by", ForeignKey("person.id")),
    Column("created_at", Moment, nullable=False),
    Column("reopened_at", Moment),  # the answer did not help: it keeps that, and waits anew
    Column("answered_at", Moment),
    Column("closed_at", Moment),  # given up without an answer
    Column("taken_by", ForeignKey("person.id")),
    Column("climb_at", Moment),  # when the next rung is told; empty: all have been
    Column("first_id", ForeignKey("ticket.id"), index=True),  # answered along with that one
    Column("entry_id", String(60)),  # the entry that its answer became
    Index("ix_ticket_climb_at", "climb_at", sqlite_where=_OPEN, postgresql_where=_OPEN),
)

ticket_told = Table(
    "ticket_told",
    metadata,
    Column("ticket_id", ForeignKey("ticket.id"), nullable=False),
    Column("chat_id", ForeignKey("chat.id"), nullable=False),
    Column("rung", String(20), nullable=False),  # empty: before the question was reopened
    Column("at", Moment, nullable=False),
    PrimaryKeyConstraint("ticket_id", "chat_id"),
)

expert_topic = Table(
    "expert_topic",
    metadata,
    Column("person_id", ForeignKey("person.id"), nullable=False),
    Column("topic", String(120), nullable=False),
    PrimaryKeyConstraint("person_id", "topic"),
)

# An entry that people made, or what they changed in a shipped one: there, empty is "as shipped",
# and the wordings come on top.
entry = Table(
    "entry",
    metadata,
    Column("id", String(60), primary_key=True),
    Column("question", Text),
    Column("answer", Text),
    Column("topic", Text),
    Column("source", Text),
    Column("audience", Json),
    Column("wordings", Json, nullable=False),
    Column("unit_id", ForeignKey("unit.id")),  # holds there and below; empty: everywhere
    Column("replaces", String(60)),  # the entry for whose question this is a nearer answer
    Column("document_id", ForeignKey("document.id")),
    Column("valid_from", Date),
    Column("valid_until", Date),  # the last day
    Column("author_id", ForeignKey("person.id")),
    Column("verified_by", ForeignKey("person.id")),
    Column("files", Json, nullable=False),  # that go with the answer
    Column("hidden_in", Json, nullable=False),  # the units that do not want it, with all below
    Column("dropped_at", Moment),
    Column("flagged_at", Moment),  # its author knows that the document is replaced
    Column("version", BigInteger, nullable=False, index=True),  # of the FAQ, when it changed last
)

entry_version = Table(
    "entry_version",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),  # always 1
    Column("version", BigInteger, nullable=False),
)

entry_change = Table(
    "entry_change",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("entry_id", String(60), nullable=False, index=True),
    Column("person_id", ForeignKey("person.id")),  # empty: the command line
    Column("at", Moment, nullable=False),
    Column("what", String(20), nullable=False),
    Column("after", Json, nullable=False),
)

entry_proposal = Table(
    "entry_proposal",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("ticket_id", ForeignKey("ticket.id"), nullable=False),
    Column("author_id", ForeignKey("person.id"), nullable=False),
    Column("lesson", Json, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("decided_by", ForeignKey("person.id")),
    Column("approved", Boolean),
)

given_answer = Table(
    "given_answer",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("entry_id", String(60), nullable=False, index=True),
    Column("question", Text, nullable=False),  # masked, as a ticket's
    Column("files", Json, nullable=False, server_default=text("'[]'")),  # asked with; for a day
    Column("person_id", ForeignKey("person.id"), nullable=False),
    Column("chat_id", ForeignKey("chat.id"), nullable=False),
    Column("unit_id", ForeignKey("unit.id")),
    Column("at", Moment, nullable=False),
    Column("helpful", Boolean),  # what the person said of it
    Column("reformulated", Boolean, nullable=False, server_default=text("false")),
    Index("ix_given_answer_chat_id_person_id_at", "chat_id", "person_id", "at"),
    Index("ix_given_answer_at", "at"),
)

review_told = Table(
    "review_told",
    metadata,
    Column("person_id", ForeignKey("person.id"), nullable=False),
    Column("week", String(8), nullable=False),
    PrimaryKeyConstraint("person_id", "week"),
)
