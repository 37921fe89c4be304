"""Every table. `storage/migrations` makes them; a test checks that the two agree."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Numeric,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from storage.types import BigId, Json, Moment

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# --- units and people -------------------------------------------------------------------------

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

wrong_code = Table(
    "wrong_code",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("person_id", ForeignKey("person.id"), nullable=False),
    Column("at", Moment, nullable=False),
    Index("ix_wrong_code_person_id_at", "person_id", "at"),
)

# --- accounts and conversations ----------------------------------------------------------------

account = Table(
    "account",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("unit_id", ForeignKey("unit.id")),
    Column("cursor", BigInteger),  # the next update to ask the platform for
    Column("free_at", Moment),  # no send before this moment
    Column("lost_because", Text),  # why the platform no longer takes our token
)

chat = Table(
    "chat",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("account_id", ForeignKey("account.id"), nullable=False),
    Column("platform_id", String(80), nullable=False),
    Column("kind", String(10), nullable=False),
    Column("title", Text, nullable=False, server_default=""),
    Column("unit_id", ForeignKey("unit.id"), index=True),  # a group's unit
    Column("person_id", ForeignKey("person.id"), index=True),  # a private chat's person
    Column("gone_because", Text),  # empty: in reach
    Column("free_at", Moment),
    UniqueConstraint("account_id", "platform_id"),
)

identity = Table(
    "identity",
    metadata,
    Column("account_id", ForeignKey("account.id"), nullable=False),
    Column("platform_id", String(80), nullable=False),
    Column("person_id", ForeignKey("person.id"), nullable=False, index=True),
    PrimaryKeyConstraint("account_id", "platform_id"),
)

inbox = Table(
    "inbox",
    metadata,
    Column("account_id", ForeignKey("account.id"), nullable=False),
    Column("key", String(120), nullable=False),
    Column("payload", Json),  # empty once the update is worked off
    Column("received_at", Moment, nullable=False),
    Column("done_at", Moment),
    Column("error", Text),
    PrimaryKeyConstraint("account_id", "key"),
    Index(
        "ix_inbox_waiting",
        "account_id",
        "received_at",
        sqlite_where=text("done_at IS NULL"),
        postgresql_where=text("done_at IS NULL"),
    ),
    Index("ix_inbox_done_at", "done_at"),
)

session = Table(
    "session",
    metadata,
    Column("chat_id", ForeignKey("chat.id"), nullable=False),
    Column("person_id", ForeignKey("person.id"), nullable=False),
    Column("step", String(60), nullable=False),
    Column("data", Json, nullable=False),
    Column("choices", Json, nullable=False),
    Column("serial", Integer, nullable=False),
    Column("updated_at", Moment, nullable=False),
    PrimaryKeyConstraint("chat_id", "person_id"),
)

# --- files, documents and what goes out ----------------------------------------------------------

file = Table(
    "file",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("kind", String(10), nullable=False),
    Column("name", Text, nullable=False),
    Column("mime", String(120), nullable=False, server_default=""),
    Column("size", BigInteger, nullable=False),
    Column("sha256", String(64)),  # empty until the bytes are here
)

file_copy = Table(
    "file_copy",
    metadata,
    Column("file_id", ForeignKey("file.id"), nullable=False),
    Column("account_id", ForeignKey("account.id"), nullable=False),
    Column("platform_id", Text, nullable=False),
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
    Column("file_id", ForeignKey("file.id")),
    Column(
        "unit_id", ForeignKey("unit.id"), nullable=False
    ),  # whose document: seen there and below
    Column("created_by", ForeignKey("person.id")),
    Column("created_at", Moment, nullable=False),
    UniqueConstraint("unit_id", "number", "issued_on"),
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
    Column("finished_at", Moment),
    # The confirmation that made it: the same confirmation twice makes one broadcast.
    Column("confirmation", String(80), nullable=False, unique=True),
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
    Column("about", String(60)),  # what a reply to it answers, as `ticket:12`
    Column("priority", Integer, nullable=False),  # 0 live, 1 broadcast
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
    UniqueConstraint("broadcast_id", "chat_id"),
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
    Index("ix_delivery_chat_id_message_id", "chat_id", "message_id"),
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

# --- reports --------------------------------------------------------------------------------------

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

# --- questions ------------------------------------------------------------------------------------

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
