"""What the database says at this moment, in the words of Prometheus."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from prometheus_client.core import GaugeMetricFamily, Metric

from storage.figures import Figures

Row = tuple[Sequence[str], float]
"""The values of the labels, and the gauge's."""


@dataclass(frozen=True, slots=True)
class Gauges:
    """A collector of one scrape; `figures` is None where the database does not answer."""

    figures: Figures | None
    now: datetime

    def collect(self) -> Iterable[Metric]:
        up = float(self.figures is not None)
        yield _gauge("database_up", "1 where the database answers.", (), [((), up)])
        if self.figures:
            yield from self._queues(self.figures)
            yield from self._inboxes(self.figures)
            yield from self._accounts(self.figures)
            yield from self._tickets(self.figures)

    def _queues(self, figures: Figures) -> Iterator[Metric]:
        rows = [((each.account, each.priority.name.lower()), each) for each in figures.queues]
        counts = [(key, each.count) for key, each in rows]
        ages = [(key, self._age(each.since)) for key, each in rows]
        labels = ("account", "priority")
        yield _gauge("queue_messages", "Messages that wait to go out.", labels, counts)
        yield _gauge("queue_oldest_seconds", "How long the oldest of them waits.", labels, ages)

    def _inboxes(self, figures: Figures) -> Iterator[Metric]:
        counts = [((each.account,), each.count) for each in figures.inboxes]
        ages = [((each.account,), self._age(each.since)) for each in figures.inboxes]
        labels = ("account",)
        yield _gauge("inbox_updates", "Updates that were kept and not worked.", labels, counts)
        yield _gauge("inbox_oldest_seconds", "How long the oldest of them waits.", labels, ages)

    def _accounts(self, figures: Figures) -> Iterator[Metric]:
        refused = [((each.id,), float(bool(each.lost_because))) for each in figures.accounts]
        rests = [((each.id,), max(0, -self._age(each.free_at))) for each in figures.accounts]
        labels = ("account",)
        yield _gauge("account_refused", "1 where the platform refuses it.", labels, refused)
        yield _gauge("account_paused_seconds", "Until it may send again.", labels, rests)

    def _tickets(self, figures: Figures) -> Iterator[Metric]:
        count, age = figures.tickets.count, self._age(figures.tickets.since)
        yield _gauge("open_tickets", "Questions without an answer.", (), [((), count)])
        yield _gauge("open_tickets_oldest_seconds", "How long the oldest waits.", (), [((), age)])

    def _age(self, since: datetime | None) -> float:
        return (self.now - since).total_seconds() if since else 0.0


def _gauge(name: str, told: str, labels: Sequence[str], rows: Iterable[Row]) -> Metric:
    family = GaugeMetricFamily(f"loa_{name}", told, labels=labels)
    for values, value in rows:
        family.add_metric(values, value)
    return family
