"""Queries on the ledger of what goes out: one row a recipient, from queued to its end."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, case, func, insert, or_, select, update

from domain.channel import Choice, Content, FileOut
from domain.message import ChatKind, FileKind
from storage.rows import AnyRow, add_row, rows_as
from storage.schema import account, chat, content, delivery, file, file_copy
from storage.types import Moment

LIVE, BROADCAST = 0, 1


@dataclass(frozen=True, slots=True)
class Letter:
    """What to queue for a chat. `file_id` is a row of `file`; `about` is what a reply answers."""

    chat_id: int
    text: str
    choices: tuple[tuple[Choice, ...], ...] = ()
    file_id: int | None = None
    about: str | None = None
    edits_id: int | None = None


@dataclass(frozen=True, slots=True)
class Claimed:
    """A row of the ledger that is being sent, with all that sending needs."""

    id: int
    chat_id: int
    platform_id: str
    kind: ChatKind
    tries: int
    repeated: bool
    created_at: datetime
    content: Content
    file_id: int | None
    edits_message: str | None


def queue(c: Connection, letter: Letter, now: datetime) -> int:
    """Write a live message to the ledger; its number."""
    content_id = keep_content(c, letter)
    account_id = select(chat.c.account_id).where(chat.c.id == letter.chat_id).scalar_subquery()
    return add_row(
        c,
        delivery,
        account_id=account_id,
        chat_id=letter.chat_id,
        content_id=content_id,
        edits_id=letter.edits_id,
        about=letter.about,
        priority=LIVE,
        state="queued",
        due_at=now,
        created_at=now,
    )


def keep_content(c: Connection, letter: Letter) -> int:
    """Keep the words of a message, which many rows may share."""
    body = {
        "text": letter.text,
        "choices": [[asdict(choice) for choice in row] for row in letter.choices],
        "file": letter.file_id,
    }
    return add_row(c, content, body=body)


def queue_broadcast(
    c: Connection, broadcast_id: int, content_id: int, targets: Iterable[AnyRow], now: datetime
) -> int:
    """Write one row for each target (account_id, chat_id, unit_id); how many."""
    rows = [
        {
            "account_id": account_id,
            "chat_id": chat_id,
            "unit_id": unit_id,
            "content_id": content_id,
            "broadcast_id": broadcast_id,
            "priority": BROADCAST,
            "state": "queued",
            "due_at": now,
            "created_at": now,
        }
        for account_id, chat_id, unit_id in targets
    ]
    if rows:
        c.execute(insert(delivery), rows)
    return len(rows)


def waiting(
    c: Connection, account_id: str, now: datetime, busy: Collection[int], limit: int
) -> Sequence[AnyRow]:
    """Rows that may go by an account now, live ones first: what `claim` needs, and the pace."""
    query = (
        select(
            delivery.c.id,
            delivery.c.chat_id,
            chat.c.platform_id,
            chat.c.kind,
            chat.c.free_at,
            delivery.c.tries,
            delivery.c.repeated,
            delivery.c.created_at,
            content.c.body,
            select(_edited.c.message_id)
            .where(_edited.c.id == delivery.c.edits_id)
            .scalar_subquery()
            .label("edits_message"),
        )
        .join(chat, chat.c.id == delivery.c.chat_id)
        .join(content, content.c.id == delivery.c.content_id)
        .where(
            delivery.c.account_id == account_id,
            delivery.c.state == "queued",
            delivery.c.due_at <= now,
            delivery.c.chat_id.not_in(busy),
            or_(chat.c.free_at.is_(None), chat.c.free_at <= now),
        )
        .order_by(delivery.c.priority, delivery.c.id)
        .limit(limit)
    )
    return c.execute(query).all()


_edited = delivery.alias("edited")


def claimed(c: Connection, account_id: str, row: AnyRow, data_dir: str) -> Claimed:
    """A waiting row as a claim, its content put together for this account."""
    body: dict[str, Any] = row.body
    choices = tuple(tuple(Choice(**choice) for choice in line) for line in body["choices"])
    attached = file_out(c, account_id, body["file"], data_dir) if body["file"] else None
    return Claimed(
        row.id,
        row.chat_id,
        row.platform_id,
        ChatKind(row.kind),
        row.tries,
        row.repeated,
        row.created_at,
        Content(body["text"], choices, attached),
        body["file"],
        row.edits_message,
    )


def file_out(c: Connection, account_id: str, file_id: int, data_dir: str) -> FileOut:
    """A kept file as something to send: by the account's own copy, else from the disk."""
    copy = file_copy.c.platform_id
    query = (
        select(file.c.kind, file.c.name, file.c.sha256, copy)
        .outerjoin(
            file_copy, (file_copy.c.file_id == file.c.id) & (file_copy.c.account_id == account_id)
        )
        .where(file.c.id == file_id)
    )
    row = c.execute(query).one()
    path = f"{data_dir}/files/{row.sha256}" if row.sha256 else ""
    return FileOut(FileKind(row.kind), row.name, path, row.platform_id or "")


def begin(c: Connection, ids: Collection[int]) -> None:
    """These rows are being sent."""
    query = update(delivery).where(delivery.c.id.in_(ids))
    c.execute(query.values(state="sending", tries=delivery.c.tries + 1))


def end(
    c: Connection,
    delivery_id: int,
    state: str,
    now: datetime,
    *,
    message_id: str | None = None,
    error: str | None = None,
) -> None:
    """A row reached its end."""
    c.execute(
        update(delivery)
        .where(delivery.c.id == delivery_id)
        .values(state=state, message_id=message_id, error=error, ended_at=now)
    )


def again(
    c: Connection, delivery_id: int, due_at: datetime, error: str, *, repeated: bool = False
) -> None:
    """A row is sent once more; `repeated` marks that it may have arrived before."""
    values: dict[str, object] = {"state": "queued", "due_at": due_at, "error": error}
    if repeated:
        values["repeated"] = True
    c.execute(update(delivery).where(delivery.c.id == delivery_id).values(**values))


def recover(
    c: Connection, account_id: str, busy: Collection[int], now: datetime, error: str
) -> int:
    """Queue again, marked as repeated, what was being sent when its sender was lost; how many.

    In the `busy` chats a send still goes on.
    """
    query = update(delivery).where(
        delivery.c.account_id == account_id,
        delivery.c.state == "sending",
        delivery.c.chat_id.not_in(busy),
    )
    repeat = {"state": "queued", "due_at": now, "error": error, "repeated": True}
    return c.execute(query.values(**repeat)).rowcount


def chat_gone(c: Connection, chat_id: int, why: str, now: datetime) -> None:
    """Nothing that waits for a chat out of reach can arrive."""
    waiting_there = (delivery.c.chat_id == chat_id) & (delivery.c.state == "queued")
    values = {"state": "failed", "error": why, "ended_at": now}
    c.execute(update(delivery).where(waiting_there).values(**values))


def next_due(c: Connection, account_id: str, busy: Collection[int]) -> datetime | None:
    """The earliest moment at which something that waits may go; `busy` chats wait for an end."""
    free_at = func.coalesce(chat.c.free_at, delivery.c.due_at)
    later = case((free_at > delivery.c.due_at, free_at), else_=delivery.c.due_at)
    query = (
        select(func.min(later, type_=Moment()))
        .join(chat, chat.c.id == delivery.c.chat_id)
        .where(
            delivery.c.account_id == account_id,
            delivery.c.state == "queued",
            delivery.c.chat_id.not_in(busy),
        )
    )
    due: datetime | None = c.execute(query).scalar()
    return due and max(due, account_pace(c, account_id) or due)


def pace_account(c: Connection, account_id: str, free_at: datetime) -> None:
    c.execute(update(account).where(account.c.id == account_id).values(free_at=free_at))


def pace_chats(c: Connection, moments: dict[int, datetime]) -> None:
    """Set when each of these chats may get its next message."""
    rows = [{"chat": chat_id, "moment": moment} for chat_id, moment in moments.items()]
    if rows:
        query = update(chat).where(chat.c.id == bindparam("chat"))
        c.execute(query.values(free_at=bindparam("moment")), rows)


def account_pace(c: Connection, account_id: str) -> datetime | None:
    return c.execute(select(account.c.free_at).where(account.c.id == account_id)).scalar()


def count_states(c: Connection, broadcast_id: int) -> dict[str, int]:
    """How many rows of a broadcast are in each state; a state that none is in is not there."""
    query = select(delivery.c.state, func.count()).where(delivery.c.broadcast_id == broadcast_id)
    return dict(c.execute(query.group_by(delivery.c.state)).all())


def count_waiting(c: Connection, account_id: str) -> int:
    """How many messages wait to go out by an account."""
    query = select(func.count()).where(
        delivery.c.account_id == account_id, delivery.c.state == "queued"
    )
    return c.execute(query).scalar_one()


@dataclass(frozen=True, slots=True)
class Posted:
    """A message of ours that a platform took: its row, and what a reply to it answers."""

    id: int
    broadcast_id: int | None
    about: str | None


def by_message(c: Connection, chat_id: int, message_id: str) -> Posted | None:
    """Our newest message with that platform id in that chat: a group that moved counts anew."""
    query = select(delivery.c.id, delivery.c.broadcast_id, delivery.c.about).where(
        delivery.c.chat_id == chat_id, delivery.c.message_id == message_id
    )
    found = rows_as(Posted, c.execute(query.order_by(delivery.c.id.desc()).limit(1)))
    return found[0] if found else None
