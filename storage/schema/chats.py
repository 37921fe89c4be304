"""Accounts, chats and conversations."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
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

account = Table(
    "account",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("unit_id", ForeignKey("unit.id")),
    Column("cursor", BigInteger),  # the next update to ask the platform for
    Column("free_at", Moment),  # no send before this moment
    Column("lost_because", Text),  # why the platform no longer takes our token
    Column("albums", Boolean, nullable=False, server_default=text("false")),
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
    # Loa also answers what is not said to it.
    Column("listens", Boolean, nullable=False, server_default=text("false")),
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
