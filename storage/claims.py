"""Queries of the drain: rows of the ledger claimed for sending, and how each ended."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, case, func, literal, or_, select, update

from domain.broadcast import BroadcastState, Priority
from domain.channel import Choice, Content, FileOut
from domain.message import ChatKind, FileKind
from storage.rows import AnyRow
from storage.schema import account, broadcast, chat, content, delivery, file, file_copy
from storage.types import Moment

BYTES_COME = timedelta(seconds=10)
"""How long a row waits whose file is still on its way from the messenger that has it."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A row of the ledger that is being sent, with all that sending needs.

    `free_at` is the chat's pace before this row; `tries` counts the sends before this one;
    `uploads` are those of its files that the account does not have yet.
    """

    id: int
    chat_id: int
    platform_id: str
    kind: ChatKind
    free_at: datetime | None
    tries: int
    repeated: bool
    created_at: datetime
    content: Content
    file_ids: tuple[int, ...]
    uploads: frozenset[int]
    edits_message: str | None


@dataclass(frozen=True, slots=True)
class Want:
    """What the drain of an account can take now.

    At most `count` rows, one a chat, none of a `busy` chat, none less urgent than `least`, and for
    each file that the account does not have yet one alone, unless it is `uploading`. `folder` is
    where files lie.
    """

    account_id: str
    count: int
    busy: Collection[int]
    uploading: Collection[int]
    least: Priority
    folder: str


@dataclass(frozen=True, slots=True)
class Claims:
    """What was claimed. `more` tells that other rows may go as well, as soon as the pace allows."""

    rows: list[Claim]
    more: bool


def claim(c: Connection, want: Want, now: datetime) -> Claims:
    """Take the rows that go next, the most urgent and oldest first, and mark them as sending."""
    first: dict[int, AnyRow] = {}
    due = _due(c, want, now)
    for row in due:
        first.setdefault(row.chat_id, row)
    contents = _contents(c, want, {row.content_id for row in first.values()})
    rows: list[Claim] = []
    late: list[int] = []
    orphans: list[int] = []
    uploading = set(want.uploading)
    for row in first.values():
        if row.edits_id and not row.edits_message:
            # The message that it rewrites is still on its way, or never arrived.
            orphans += [row.id] if row.edits_state not in ("queued", "sending") else []
            continue
        claim = _claim(row, *contents[row.content_id])
        if any(not (file.platform_id or file.path) for file in claim.content.files):
            late.append(row.id)
        elif uploading.isdisjoint(claim.uploads):
            uploading |= claim.uploads
            rows.append(claim)
            if len(rows) == want.count:
                break
    _put_off(c, late, now + BYTES_COME)
    end(
        c, [End(each, "cancelled", error="there is no message to rewrite") for each in orphans], now
    )
    _begin(c, [row.id for row in rows])
    unseen = len(due) == _window(want) and bool(rows)
    return Claims(rows, more=unseen or len(rows) == want.count)


def _claim(row: AnyRow, content: Content, file_ids: tuple[int, ...]) -> Claim:
    files = zip(file_ids, content.files, strict=True)
    return Claim(
        row.id,
        row.chat_id,
        row.platform_id,
        ChatKind(row.kind),
        row.free_at,
        row.tries,
        row.repeated,
        row.created_at,
        content,
        file_ids,
        frozenset(file_id for file_id, file in files if not file.platform_id),
        row.edits_message,
    )


_edited = delivery.alias("edited")
_QUERY = (
    select(
        delivery.c.id,
        delivery.c.chat_id,
        delivery.c.content_id,
        delivery.c.tries,
        delivery.c.repeated,
        delivery.c.created_at,
        chat.c.platform_id,
        chat.c.kind,
        chat.c.free_at,
        delivery.c.edits_id,
        _edited.c.message_id.label("edits_message"),
        _edited.c.state.label("edits_state"),
    )
    .join(chat, chat.c.id == delivery.c.chat_id)
    .outerjoin(_edited, _edited.c.id == delivery.c.edits_id)
    .order_by(delivery.c.priority, delivery.c.id)
)


def _due(c: Connection, want: Want, now: datetime) -> Sequence[AnyRow]:
    """Rows that may go, the first ones of them."""
    query = _QUERY.where(
        delivery.c.account_id == want.account_id,
        delivery.c.state == "queued",
        delivery.c.priority <= want.least,
        delivery.c.due_at <= now,
        or_(chat.c.free_at.is_(None), chat.c.free_at <= now),
    )
    if want.busy:
        query = query.where(delivery.c.chat_id.not_in(want.busy))
    return c.execute(query.limit(_window(want))).all()


def _window(want: Want) -> int:
    """How many rows are looked at, of which several may be one chat's."""
    return 2 * want.count + 20


def _put_off(c: Connection, ids: Collection[int], until: datetime) -> None:
    if ids:
        c.execute(update(delivery).where(delivery.c.id.in_(ids)).values(due_at=until))


def _begin(c: Connection, ids: Collection[int]) -> None:
    if ids:
        query = update(delivery).where(delivery.c.id.in_(ids))
        c.execute(query.values(state="sending", tries=delivery.c.tries + 1))


def _contents(
    c: Connection, want: Want, ids: Collection[int]
) -> Mapping[int, tuple[Content, tuple[int, ...]]]:
    """What each of these contents says, and which files go with it."""
    query = select(content.c.id, content.c.body).where(content.c.id.in_(ids))
    return {row.id: _read(c, want, row.body) for row in c.execute(query)}


def _read(c: Connection, want: Want, body: dict[str, Any]) -> tuple[Content, tuple[int, ...]]:
    choices = tuple(tuple(Choice(**choice) for choice in line) for line in body["choices"])
    files = tuple(_file(c, want, file_id) for file_id in body["files"])
    return Content(body["text"], choices, files), tuple(body["files"])


def _file(c: Connection, want: Want, file_id: int) -> FileOut:
    """A kept file as something to send: by the account's own copy, else from the disk."""
    mine = (file_copy.c.file_id == file.c.id) & (file_copy.c.account_id == want.account_id)
    query = select(file.c.kind, file.c.name, file.c.sha256, file_copy.c.platform_id)
    row = c.execute(query.outerjoin(file_copy, mine).where(file.c.id == file_id)).one()
    path = f"{want.folder}/files/{row.sha256}" if row.sha256 else ""
    return FileOut(FileKind(row.kind), row.name, path, row.platform_id or "")


@dataclass(frozen=True, slots=True)
class End:
    """The end of a row: `sent` with the platform's id, or `failed` or `unknown` with the reason."""

    id: int
    state: str
    message_id: str | None = None
    error: str | None = None


def end(c: Connection, ends: Iterable[End], now: datetime) -> None:
    """These rows reached their end."""
    rows = [
        {"row": each.id, "to": each.state, "message": each.message_id, "why": each.error}
        for each in ends
    ]
    if rows:
        c.execute(_END, [row | {"now": now} for row in rows])


_END = (
    update(delivery)
    .where(delivery.c.id == bindparam("row"))
    .values(
        state=bindparam("to"),
        message_id=bindparam("message"),
        error=bindparam("why"),
        ended_at=bindparam("now"),
    )
)


def again(
    c: Connection,
    delivery_id: int,
    due_at: datetime,
    error: str,
    *,
    repeated: bool = False,
) -> None:
    """A row is sent once more; `repeated` marks that it may have arrived before."""
    values = _put_back(due_at, error)
    if repeated:
        values["repeated"] = True
    c.execute(update(delivery).where(delivery.c.id == delivery_id).values(**values))


def _put_back(due_at: datetime, error: str) -> dict[str, Any]:
    """What a row becomes that is to be sent again: its broadcast may have stopped meanwhile."""
    state = (
        select(broadcast.c.state)
        .where(broadcast.c.id == delivery.c.broadcast_id)
        .correlate(delivery)
        .scalar_subquery()
    )
    stopped = state.in_((BroadcastState.CANCELLED, BroadcastState.WITHDRAWN))
    paused = state == BroadcastState.PAUSED
    return {
        "state": case((stopped, "cancelled"), else_="queued"),
        "ended_at": case((stopped, literal(due_at, Moment())), else_=None),
        "priority": case((paused, Priority.PAUSED.value), else_=delivery.c.priority),
        "due_at": due_at,
        "error": error,
    }


def recover(
    c: Connection,
    account_id: str,
    busy: Collection[int],
    now: datetime,
    why_again: str,
    why_unknown: str,
    *,
    resend: bool,
) -> int:
    """Settle what was being sent, but to no `busy` chat, when the process died; how many.

    The answers are lost: the rows are queued again once, marked as repeated, or end as unknown
    when not to be resent.
    """
    mine = (
        (delivery.c.account_id == account_id)
        & (delivery.c.state == "sending")
        & delivery.c.chat_id.not_in(busy)
    )
    once = delivery.c.repeated.is_(False) if resend else delivery.c.id < 0
    repeat = _put_back(now, why_again) | {"repeated": True}
    unknown = {"state": "unknown", "error": why_unknown, "ended_at": now}
    repeated = c.execute(update(delivery).where(mine, once).values(**repeat)).rowcount
    return repeated + c.execute(update(delivery).where(mine).values(**unknown)).rowcount


def chat_gone(c: Connection, chat_id: int, why: str, now: datetime) -> None:
    """Nothing that waits for a chat out of reach can arrive."""
    waiting_there = (delivery.c.chat_id == chat_id) & (delivery.c.state == "queued")
    values = {"state": "failed", "error": why, "ended_at": now}
    c.execute(update(delivery).where(waiting_there).values(**values))


def next_due(
    c: Connection, account_id: str, least: Priority, after: datetime | None = None
) -> datetime | None:
    """The earliest moment, later than `after`, at which something may go by its chat's pace."""
    free_at = func.coalesce(chat.c.free_at, delivery.c.due_at)
    later = case((free_at > delivery.c.due_at, free_at), else_=delivery.c.due_at)
    query = (
        select(func.min(later, type_=Moment()))
        .join(chat, chat.c.id == delivery.c.chat_id)
        .where(
            delivery.c.account_id == account_id,
            delivery.c.state == "queued",
            delivery.c.priority <= least,
        )
    )
    if after:
        query = query.where(later > after)
    return c.execute(query).scalar()


def free_at(c: Connection, account_id: str) -> datetime | None:
    """The moment from which the account may send."""
    return c.execute(select(account.c.free_at).where(account.c.id == account_id)).scalar()


def pace_account(c: Connection, account_id: str, moment: datetime) -> None:
    c.execute(update(account).where(account.c.id == account_id).values(free_at=moment))


def pace_chats(c: Connection, moments: Mapping[int, datetime]) -> None:
    """Set from when each of these chats may get its next message."""
    rows = [{"chat": chat_id, "moment": moment} for chat_id, moment in moments.items()]
    if rows:
        query = update(chat).where(chat.c.id == bindparam("chat"))
        c.execute(query.values(free_at=bindparam("moment")), rows)
