"""Queries of the drain: rows of the ledger claimed for sending, and when more may go."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, case, func, or_, select, update

from domain.broadcast import Priority
from domain.channel import Content
from domain.message import ChatKind
from storage.broadcasts import OPEN_STATES
from storage.contents import Shelf, read_contents
from storage.ends import End, end
from storage.listed import listed
from storage.prepared import Statement, prepared
from storage.rows import AnyRow, first_cell
from storage.schema import account, chat, delivery
from storage.types import Moment

BYTES_COME, BYTES_LOST = timedelta(seconds=10), timedelta(days=1)
"""How long a row waits at a time, and in all, for a file that another messenger still has."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A row of the ledger that is being sent, with all that sending needs.

    `free_at` is the chat's pace before this row, `heard_at` when its person wrote last; `tries`
    counts the sends before this one; `uploads` are those of its files that go as bytes.
    """

    id: int
    chat_id: int
    platform_id: str
    kind: ChatKind
    free_at: datetime | None
    heard_at: datetime | None
    tries: int
    repeated: bool
    content: Content
    file_ids: tuple[int, ...]
    uploads: frozenset[int]
    edits_message: str | None


@dataclass(frozen=True, slots=True)
class Want:
    """What the drain of an account can take now.

    At most `count` rows, one a chat, none of a `busy` chat, none less urgent than `least`, and for
    each file that the account does not have yet one alone, unless it is `uploading`. None of a
    `held` broadcast. Files come from the `shelf`.
    """

    account_id: str
    count: int
    busy: Collection[int]
    uploading: Collection[int]
    least: Priority
    shelf: Shelf
    held: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Claims:
    """What was claimed. `more` tells that other rows may go as well, as soon as the pace allows."""

    rows: list[Claim]
    more: bool


@dataclass
class _View:
    """The first of what is due, one row a chat: what goes, and what must wait for another send.

    Of the others `late` still have no file, and `ends` can never go. `full` tells that more is due.
    """

    full: bool
    go: list[Claim] = field(default_factory=list)
    waits: list[AnyRow] = field(default_factory=list)
    late: list[int] = field(default_factory=list)
    ends: list[End] = field(default_factory=list)


def claim(c: Connection, want: Want, now: datetime) -> Claims:
    """Take the rows that go next, the most urgent and oldest first, and mark them as sending."""
    view = _view(c, want, now)
    # A whole broadcast may wait for one upload: what stands behind it is not held up.
    while view.full and not view.go:
        want = _past(want, view.waits)
        view = _view(c, want, now)
    _begin(c, [row.id for row in view.go])
    return Claims(view.go, more=bool(view.go) and (view.full or len(view.go) == want.count))


def _past(want: Want, waits: Sequence[AnyRow]) -> Want:
    """The same without what these belong to, for the messages of a chat keep their order."""
    of_broadcasts = {row.broadcast_id for row in waits if row.broadcast_id}
    chats = [row.chat_id for row in waits if not row.broadcast_id]
    return replace(want, held=want.held | of_broadcasts, busy=[*want.busy, *chats])


def _view(c: Connection, want: Want, now: datetime) -> _View:
    due = _due(c, want, now)
    view = _View(full=len(due) == _window(want))
    first: dict[int, AnyRow] = {}
    for row in due:
        first.setdefault(row.chat_id, row)
    ids = {row.content_id for row in first.values()}
    contents = read_contents(c, want.account_id, want.shelf, ids, now)
    uploading = set(want.uploading)
    for row in first.values():
        _place(view, row, _claim(row, want, *contents[row.content_id]), uploading, now)
        if len(view.go) == want.count:
            break
    _put_off(c, view.late, now + BYTES_COME)
    end(c, view.ends, now)
    return view


def _place(view: _View, row: AnyRow, claim: Claim, uploading: set[int], now: datetime) -> None:
    if row.edits_id and not row.edits_message:
        # The message that it rewrites is still on its way, or never arrived.
        if row.edits_state in OPEN_STATES:
            view.waits.append(row)
        else:
            view.ends.append(End(row.id, "cancelled", error="there is no message to rewrite"))
    elif any(not (file.platform_id or file.path) for file in claim.content.files):
        if now - row.created_at > BYTES_LOST:
            view.ends.append(End(row.id, "failed", error="the file to send has not come"))
        else:
            view.late.append(row.id)
    elif uploading.isdisjoint(claim.uploads):
        uploading |= claim.uploads
        view.go.append(claim)
    else:
        view.waits.append(row)


def _claim(row: AnyRow, want: Want, content: Content, file_ids: tuple[int, ...]) -> Claim:
    files = zip(file_ids, content.files, strict=True)
    return Claim(
        row.id,
        row.chat_id,
        row.platform_id,
        ChatKind(row.kind),
        row.free_at,
        row.heard_at,
        row.tries,
        row.repeated,
        content,
        file_ids,
        frozenset(file_id for file_id, file in files if want.shelf.can.uploads(file)),
        row.edits_message,
    )


_edited = delivery.alias("edited")
_QUERY = (
    select(
        delivery.c.id,
        delivery.c.chat_id,
        delivery.c.content_id,
        delivery.c.broadcast_id,
        delivery.c.tries,
        delivery.c.repeated,
        delivery.c.created_at,
        chat.c.platform_id,
        chat.c.kind,
        chat.c.free_at,
        chat.c.heard_at,
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
    busy, held = list(want.busy), list(want.held)
    return _first_due(c, want.account_id, want.least, now, busy, held, _window(want))


@prepared
def _first_due(
    c: Connection,
    account_id: str,
    least: Priority,
    now: datetime,
    busy: Sequence[int],
    held: Sequence[int],
    count: int,
) -> Statement:
    others = delivery.c.broadcast_id.not_in(listed(c, held))
    query = _QUERY.where(
        delivery.c.account_id == account_id,
        delivery.c.state == "queued",
        delivery.c.priority <= least,
        delivery.c.due_at <= now,
        or_(chat.c.free_at.is_(None), chat.c.free_at <= now),
        delivery.c.chat_id.not_in(listed(c, busy)),
        or_(delivery.c.broadcast_id.is_(None), others),
    )
    return query.limit(count)


def _window(want: Want) -> int:
    """How many rows are looked at, of which several may be one chat's."""
    return 2 * want.count + 20


def _put_off(c: Connection, ids: Collection[int], until: datetime) -> None:
    if ids:
        c.execute(update(delivery).where(delivery.c.id.in_(ids)).values(due_at=until))


def _begin(c: Connection, ids: Collection[int]) -> None:
    if ids:
        _send(c, list(ids))


@prepared
def _send(c: Connection, ids: Sequence[int]) -> Statement:
    query = update(delivery).where(delivery.c.id.in_(listed(c, ids)))
    return query.values(state="sending", tries=delivery.c.tries + 1)


def next_due(
    c: Connection, account_id: str, least: Priority, after: datetime | None = None
) -> datetime | None:
    """The earliest moment, later than `after`, at which something may go by its chat's pace."""
    due: datetime | None
    due = first_cell(_next_due(c, account_id, least, after, later=after is not None))
    return due


@prepared
def _next_due(
    c: Connection, account_id: str, least: Priority, after: datetime | None, *, later: bool
) -> Statement:
    free_at = func.coalesce(chat.c.free_at, delivery.c.due_at)
    due_at = case((free_at > delivery.c.due_at, free_at), else_=delivery.c.due_at)
    query = (
        select(func.min(due_at, type_=Moment()))
        .join(chat, chat.c.id == delivery.c.chat_id)
        .where(
            delivery.c.account_id == account_id,
            delivery.c.state == "queued",
            delivery.c.priority <= least,
        )
    )
    return query.where(due_at > after) if later else query


def free_at(c: Connection, account_id: str) -> datetime | None:
    """The moment from which the account may send."""
    moment: datetime | None = first_cell(_free_at(c, account_id))
    return moment


@prepared
def _free_at(c: Connection, account_id: str) -> Statement:
    return select(account.c.free_at).where(account.c.id == account_id)


@prepared
def pace_account(c: Connection, account_id: str, moment: datetime) -> Statement:
    return update(account).where(account.c.id == account_id).values(free_at=moment)


def pace_chats(c: Connection, moments: Mapping[int, datetime]) -> None:
    """Set from when each of these chats may get its next message."""
    _pace_chat.each(c, [*moments.items()])


@prepared
def _pace_chat(c: Connection, chat_id: int, moment: datetime) -> Statement:
    return update(chat).where(chat.c.id == chat_id).values(free_at=moment)


def set_back(c: Connection, account_id: str, before: datetime, now: datetime) -> None:
    """The clock went back from `before`: what waits, waits as long as it was to and no longer."""
    row = delivery.c
    waiting = (
        (account.c.free_at, account.c.id == account_id),
        (chat.c.free_at, chat.c.account_id == account_id),
        (row.due_at, (row.account_id == account_id) & (row.state == "queued")),
    )
    for column, mine in waiting:
        over = update(column.table).where(mine, column > now, column <= before)
        c.execute(over.values({column: now}))
        later = select(column).where(mine, column > before).distinct().order_by(column)
        for moment in c.execute(later).scalars().all():
            at = update(column.table).where(mine, column == moment)
            c.execute(at.values({column: moment - (before - now)}))
