"""The one message that shows whoever sent a broadcast how far it is, and in the end its result."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import Connection

from bot.house import House
from bot.standing import result, scope_of
from domain.broadcast import BroadcastState
from domain.standing import Headway, bar
from storage import broadcasts, chats, deliveries, documents, errands, progress, standing
from storage.broadcasts import Broadcast
from storage.deliveries import Letter
from storage.errands import Kind


@dataclass(frozen=True, slots=True)
class Narrator:
    """Tells how broadcasts go."""

    house: House

    def news(self, c: Connection, broadcast: Broadcast, now: datetime) -> str | None:
        """What the message should say by now; None when it says so, or cannot be changed."""
        if broadcast.progress_id is None:
            return self._text(c, broadcast, now)
        shown = progress.shown(c, broadcast.progress_id)
        if not shown.settled or not self._edits(c, broadcast):
            return None
        text = self._text(c, broadcast, now)
        return text if text != shown.text else None

    def _text(self, c: Connection, broadcast: Broadcast, now: datetime) -> str:
        headway = standing.headway(c, broadcast, now)
        return self.house.words(
            "progress.going",
            doc_number=documents.get(c, broadcast.document_id).number,
            state=broadcast.state,
            bar=bar(headway.percent),
            headway=headway,
            quiet_until=self._quiet_until(broadcast, now),
            **_pace(broadcast, headway),
        )

    def _quiet_until(self, broadcast: Broadcast, now: datetime) -> datetime | None:
        held = self.house.quiet.at(now) and not broadcast.urgent
        return self.house.quiet.over(now) if held else None

    def _edits(self, c: Connection, broadcast: Broadcast) -> bool:
        assert broadcast.chat_id is not None
        return chats.skills(c, chats.get(c, broadcast.chat_id).account_id).edits

    def show(self, c: Connection, seen: Broadcast, text: str, now: datetime) -> None:
        """Let the message say that, unless it has moved on since the text was made."""
        broadcast = broadcasts.get(c, seen.id)
        if broadcast != seen or broadcast.chat_id is None:
            return
        if broadcast.progress_id is None:
            message = deliveries.queue(c, Letter(broadcast.chat_id, text), now)
            progress.follow(c, broadcast.id, message)
        elif progress.shown(c, broadcast.progress_id).settled:
            self._put(c, broadcast, text, now)

    def tell_result(self, c: Connection, broadcast: Broadcast, now: datetime) -> None:
        """Say how a broadcast ended, in the message that showed how far it was."""
        if broadcast.chat_id is None:
            return
        scope = scope_of(self.house, broadcast, broadcast.unit_id, now)
        self._put(c, broadcast, result(c, self.house, scope), now)
        progress.follow(c, broadcast.id, None)
        if chats.skills(c, chats.get(c, broadcast.chat_id).account_id).files_out:
            subject = {"broadcast": broadcast.id, "unit": broadcast.unit_id}
            errands.give(c, Kind.PICTURE, subject, broadcast.chat_id, now)

    def end(self, c: Connection, seen: Broadcast, now: datetime) -> None:
        """Tell the result of a broadcast that was stopped, once its last message has ended."""
        broadcast = broadcasts.get(c, seen.id)
        headway = standing.headway(c, broadcast, now)
        if broadcast.progress_id is not None and headway.ended == headway.total:
            self.tell_result(c, broadcast, now)

    def _put(self, c: Connection, broadcast: Broadcast, text: str, now: datetime) -> None:
        """Rewrite the message where that can be done, else write another one."""
        assert broadcast.chat_id is not None
        edits_id = broadcast.progress_id if self._edits(c, broadcast) else None
        deliveries.queue(c, Letter(broadcast.chat_id, text, edits_id=edits_id), now)


def _pace(broadcast: Broadcast, headway: Headway) -> dict[str, object]:
    """The rate, and the minutes that are left at it; nothing while it stands still."""
    if broadcast.state is not BroadcastState.RUNNING or headway.left is None:
        return {"per_second": None, "minutes_left": 0}
    rate = Decimal(headway.per_second).quantize(Decimal("0.1"))
    return {"per_second": rate, "minutes_left": round(headway.left.total_seconds() / 60)}
