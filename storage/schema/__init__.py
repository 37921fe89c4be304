"""Every table. `storage/migrations` makes them; a test checks that the two agree."""

from storage.schema.base import metadata
from storage.schema.chats import account, chat, identity, inbox, session
from storage.schema.ledger import (
    acknowledgement,
    broadcast,
    content,
    delivery,
    document,
    document_file,
    errand,
    file,
    file_copy,
    page,
    passage,
    word,
)
from storage.schema.people import join_code, membership, person, team, unit, unit_parent, wrong_code
from storage.schema.questions import ticket
from storage.schema.reports import draft, prompt, report, report_value

__all__ = [
    "account",
    "acknowledgement",
    "broadcast",
    "chat",
    "content",
    "delivery",
    "document",
    "document_file",
    "draft",
    "errand",
    "file",
    "file_copy",
    "identity",
    "inbox",
    "join_code",
    "membership",
    "metadata",
    "page",
    "passage",
    "person",
    "prompt",
    "report",
    "report_value",
    "session",
    "team",
    "ticket",
    "unit",
    "unit_parent",
    "word",
    "wrong_code",
]
