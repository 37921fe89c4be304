"""Files, documents and what goes out."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from storage.schema.base import metadata
from storage.types import BigId, Json, Moment

file = Table(
    "file",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("kind", String(10), nullable=False),
    Column("name", Text, nullable=False),
    Column("mime", String(120), nullable=False, server_default=""),
    Column("size", BigInteger, nullable=False),
    Column("sha256", String(64)),  # empty until the bytes are here
    Column("made_at", Moment, nullable=False, index=True),
    # Whose own data it is, to be dropped soon; empty: any other file.
    Column("person_id", ForeignKey("person.id"), index=True),
)

file_copy = Table(
    "file_copy",
    metadata,
    Column("file_id", ForeignKey("file.id"), nullable=False),
    Column("account_id", ForeignKey("account.id"), nullable=False),
    Column("platform_id", Text, nullable=False),
    Column("sendable", Boolean, nullable=False, server_default=text("true")),  # else only fetches
    Column("at", Moment, nullable=False),
    PrimaryKeyConstraint("file_id", "account_id"),
)

document = Table(
    "document",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("number", Text, nullable=False),
    Column("issued_on", Date, nullable=False),
    Column("issuer", Text, nullable=False),
    Column("summary", Text, nullable=False),
    Column("topic", Text, nullable=False, server_default=""),
    # Whose document it is: seen there and below.
    Column("unit_id", ForeignKey("unit.id"), nullable=False),
    Column("folded", Text, nullable=False),  # what words are looked for in
    Column("pinned", Boolean, nullable=False, server_default=text("false")),
    Column("replaced_by", ForeignKey("document.id")),
    Column("withdrawn_at", Moment),
    Column("created_by", ForeignKey("person.id")),
    Column("created_at", Moment, nullable=False),
    UniqueConstraint("unit_id", "number", "issued_on"),
)

document_file = Table(
    "document_file",
    metadata,
    Column("document_id", ForeignKey("document.id"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("file_id", ForeignKey("file.id"), nullable=False),
    PrimaryKeyConstraint("document_id", "position"),
)

page = Table(
    "page",
    metadata,
    Column("file_id", ForeignKey("file.id"), nullable=False),
    Column("number", Integer, nullable=False),  # from 1; a lone 0 says that there is no text
    Column("text", Text, nullable=False),
    Column("folded", Text, nullable=False),  # what words are looked for in
    PrimaryKeyConstraint("file_id", "number"),
)

word = Table(
    "word",
    metadata,
    Column("word", String(40), nullable=False),
    Column("file_id", ForeignKey("file.id"), nullable=False),
    Column("count", Integer, nullable=False),  # how often it is on the file's pages
    PrimaryKeyConstraint("word", "file_id"),
)

broadcast = Table(
    "broadcast",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("document_id", ForeignKey("document.id"), nullable=False),
    Column("unit_id", ForeignKey("unit.id"), nullable=False),
    Column("levels", Json, nullable=False),
    Column("created_by", ForeignKey("person.id")),
    Column("chat_id", ForeignKey("chat.id")),  # where the result is told
    Column("created_at", Moment, nullable=False),
    Column("state", String(10), nullable=False),
    Column("start_at", Moment, nullable=False),
    Column("started_at", Moment),
    Column("finished_at", Moment),
    Column("urgent", Boolean, nullable=False, server_default=text("false")),
    Column("approved_by", ForeignKey("person.id")),
    # Passes through the units of this level, each adding its line; empty: straight down.
    Column("through_level", String(40)),
    Column("rounds", Integer, nullable=False, server_default=text("0")),  # reminders sent
    Column("progress_id", BigInteger),  # the delivery that shows how far it is
    # The confirmation that made it: the same confirmation twice makes one broadcast.
    Column("confirmation", String(80), nullable=False, unique=True),
    CheckConstraint(
        "state IN ('asked', 'planned', 'running', 'paused', 'finished', 'cancelled', 'withdrawn')",
        name="state",
    ),
    Index("ix_broadcast_state_start_at", "state", "start_at"),
)

passage = Table(
    "passage",
    metadata,
    Column("broadcast_id", ForeignKey("broadcast.id"), nullable=False),
    Column("unit_id", ForeignKey("unit.id"), nullable=False),  # who passes it on to all below
    Column("due_at", Moment, nullable=False),  # when it goes on by itself
    Column("passed_at", Moment),
    Column("passed_by", ForeignKey("person.id")),  # empty: the clock
    Column("line", Text, nullable=False, server_default=""),
    PrimaryKeyConstraint("broadcast_id", "unit_id"),
)

content = Table(
    "content",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("body", Json, nullable=False),
)

delivery = Table(
    "delivery",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("account_id", ForeignKey("account.id"), nullable=False),
    Column("chat_id", ForeignKey("chat.id"), nullable=False),
    Column("content_id", ForeignKey("content.id"), nullable=False),
    Column("broadcast_id", ForeignKey("broadcast.id")),  # empty: a live message
    Column("unit_id", ForeignKey("unit.id")),
    Column("edits_id", ForeignKey("delivery.id")),  # the message that this one rewrites
    Column("instead_of", ForeignKey("delivery.id")),  # the failed one that goes this way now
    # When the person is out of reach it may be said in their unit's group.
    Column("for_group", Boolean, nullable=False, server_default=text("false")),
    # Who gets what is said in a group, where that is out of reach.
    Column("for_person", ForeignKey("person.id")),
    Column("about", String(60)),  # what a reply to it answers, as `ticket:12`
    Column("part", Integer, nullable=False, server_default=text("0")),
    Column("round", Integer, nullable=False, server_default=text("0")),  # 0 the broadcast itself
    Column("priority", Integer, nullable=False),  # `deliveries.Priority`
    Column("state", String(10), nullable=False),
    Column("tries", Integer, nullable=False, server_default=text("0")),
    # Sent again after an answer was lost: it may have arrived twice.
    Column("repeated", Boolean, nullable=False, server_default=text("false")),
    Column("due_at", Moment, nullable=False),
    Column("message_id", String(80)),
    Column("error", Text),
    Column("created_at", Moment, nullable=False),
    Column("ended_at", Moment),
    CheckConstraint(
        "state IN ('queued', 'sending', 'sent', 'failed', 'unknown', 'cancelled')", name="state"
    ),
    UniqueConstraint("broadcast_id", "chat_id", "part", "round"),
    Index(
        "ix_delivery_waiting",
        "account_id",
        "priority",
        "id",
        sqlite_where=text("state = 'queued'"),
        postgresql_where=text("state = 'queued'"),
    ),
    Index(
        "ix_delivery_sending",
        "account_id",
        sqlite_where=text("state = 'sending'"),
        postgresql_where=text("state = 'sending'"),
    ),
    # Which broadcasts have rows that are not final.
    Index(
        "ix_delivery_open",
        "broadcast_id",
        sqlite_where=text("state IN ('queued', 'sending')"),
        postgresql_where=text("state IN ('queued', 'sending')"),
    ),
    Index("ix_delivery_chat_id_message_id", "chat_id", "message_id"),
    Index("ix_delivery_broadcast_id_unit_id", "broadcast_id", "unit_id"),
    Index(
        "ix_delivery_edits_id",
        "edits_id",
        sqlite_where=text("edits_id IS NOT NULL"),
        postgresql_where=text("edits_id IS NOT NULL"),
    ),
    Index(
        "uq_delivery_instead_of",
        "instead_of",
        unique=True,
        sqlite_where=text("instead_of IS NOT NULL"),
        postgresql_where=text("instead_of IS NOT NULL"),
    ),
)

acknowledgement = Table(
    "acknowledgement",
    metadata,
    Column("broadcast_id", ForeignKey("broadcast.id"), nullable=False),
    Column("unit_id", ForeignKey("unit.id"), nullable=False),
    Column("person_id", ForeignKey("person.id"), nullable=False),
    Column("at", Moment, nullable=False),
    PrimaryKeyConstraint("broadcast_id", "unit_id", "person_id"),
)

errand = Table(
    "errand",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("kind", String(12), nullable=False),  # `errands.Kind`: what is to be made
    Column("subject", Json, nullable=False),  # what it is made of, by name and number
    Column("chat_id", ForeignKey("chat.id"), nullable=False),  # who waits for it
    Column("created_at", Moment, nullable=False),
)
