"""Accounts, chats and conversations."""

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
    Column("owner", String(80)),  # the process that sends by it; what others still do is void
    # What it can do.
    Column("albums", Boolean, nullable=False, server_default=text("false")),
    Column("edits", Boolean, nullable=False, server_default=text("false")),
    Column("files_out", Boolean, nullable=False, server_default=text("false")),
    Column("channel", String(20), nullable=False, server_default="telegram"),  # its messenger
    Column("window_seconds", BigInteger),  # after these nobody can be written to; empty: always
    Column("quota", Integer, nullable=False, server_default=text("0")),  # a month; 0 is no limit
    # What the platform itself said last of what it still lets the account send.
    Column("told_total", Integer),
    Column("told_left", Integer),
    Column("told_at", Moment),
)

usage = Table(
    "usage",
    metadata,
    Column("account_id", ForeignKey("account.id"), nullable=False),
    Column("month", Date, nullable=False),  # its first day
    Column("sent", Integer, nullable=False, server_default=text("0")),
    Column("heard", Integer, nullable=False, server_default=text("0")),
    Column("warned", Integer, nullable=False, server_default=text("0")),  # of how many percent
    PrimaryKeyConstraint("account_id", "month"),
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
    Column("heard_at", Moment),  # when its person was last heard there; of private chats
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

oa_token = Table(
    "oa_token",
    metadata,
    Column("account_id", ForeignKey("account.id"), primary_key=True),
    Column("sealed", Text, nullable=False),  # the access token and the refresh token
    Column("obtained_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("lease_holder", String(40)),  # who renews the pair
    Column("lease_until", Moment),
    Column("asked_at", Moment),  # when the refresh token was spent on an answer still unknown
    Column("lost_because", Text),
)
