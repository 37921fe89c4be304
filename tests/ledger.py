"""A broadcast in the ledger of the small world of the conversations, as a test wants it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, insert, select
from sqlalchemy.sql.elements import ColumnElement

from domain.broadcast import BroadcastState
from storage import broadcasts, schema
from storage.broadcasts import Broadcast, Plan
from storage.deliveries import SILENCE
from storage.rows import add_row
from tests.messenger import WITH_BUTTONS, Memory
from tests.papers import paper
from tests.world import build, read_world

ENDED = ("sent", "failed", "unknown", "cancelled")


@dataclass(frozen=True, slots=True)
class Row:
    """What became of the messages to a unit's group."""

    state: str
    error: str | None = None
    tries: int = 1
    repeated: bool = False
    part: int = 0
    round: int = 0


@dataclass
class Ledger:
    """The world of `world.yaml` and a broadcast by its province to all communes and villages."""

    c: Connection
    now: datetime
    broadcast: Broadcast = field(init=False)

    def __post_init__(self) -> None:
        build(self.c, read_world(), Memory(WITH_BUTTONS), self.now)
        document_id = paper(
            self.c,
            self.unit("T"),
            self.now,
            number="12/KH-UBND",
            issued_on=date(2026, 11, 5),
            issuer="UBND tỉnh",
            summary="Kế hoạch tập huấn.",
        )
        plan = Plan(document_id, self.unit("T"), ["commune", "village"], "test", self.now)
        chat = self.chat("tinh")
        made = broadcasts.create(self.c, plan, BroadcastState.PLANNED, None, chat, self.now)
        assert made is not None
        broadcasts.set_state(self.c, made, BroadcastState.RUNNING, self.now)
        self.broadcast = broadcasts.get(self.c, made)

    def unit(self, code: str) -> int:
        query = select(schema.unit.c.id).where(schema.unit.c.code == code)
        return int(self.c.execute(query).scalar_one())

    def chat(self, platform_id: str) -> int:
        return self._chat_where(schema.chat.c.platform_id == platform_id)

    def _chat_where(self, condition: ColumnElement[bool]) -> int:
        return int(self.c.execute(select(schema.chat.c.id).where(condition)).scalar_one())

    def person(self, name: str) -> int:
        query = select(schema.person.c.id).where(schema.person.c.name == name)
        return int(self.c.execute(query).scalar_one())

    def write(self, rows: Mapping[str, Row], group: str = "") -> None:
        """Add a row to the ledger for the group of each of these units, or for another group."""
        content_id = add_row(self.c, schema.content, body=SILENCE)
        for code, row in rows.items():
            unit_id = self.unit(code)
            its = schema.chat.c.unit_id == unit_id
            chat_id = self.chat(group) if group else self._chat_where(its)
            self.c.execute(
                insert(schema.delivery).values(
                    account_id="memory",
                    chat_id=chat_id,
                    content_id=content_id,
                    broadcast_id=self.broadcast.id,
                    unit_id=unit_id,
                    part=row.part,
                    round=row.round,
                    priority=2,
                    state=row.state,
                    tries=row.tries,
                    repeated=row.repeated,
                    error=row.error,
                    due_at=self.now,
                    created_at=self.now,
                    ended_at=self.now if row.state in ENDED else None,
                )
            )

    def acknowledge(self, code: str, who: str, after: timedelta = timedelta(0)) -> None:
        broadcasts.acknowledge(
            self.c, self.broadcast.id, self.unit(code), self.person(who), self.now + after
        )
