"""What Loa counts and times of its own work: for Prometheus, and as spans where somebody collects.

No label and no attribute tells of a person or a chat: only of accounts, jobs and data sets.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from time import perf_counter, time_ns
from typing import Protocol

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
)

# When each series began: nobody asks for it, and it doubles the counters.
disable_created_metrics()  # type: ignore[no-untyped-call]  # it has no types

BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
"""Seconds: from one SQLite transaction to a platform that is given up."""


class Work(StrEnum):
    """What is timed, each time that it is done."""

    UPDATE = "update"
    """The transaction of an update."""
    SEND = "send"
    """The call of a platform by which a message goes out."""
    JOB = "job"
    """What is done by the clock."""


class Count(StrEnum):
    """What is counted when it is kept."""

    MESSAGES = "messages"
    QUESTIONS = "questions"
    REPORTS = "reports"


_TIMED = {
    Work.UPDATE: ("Seconds of the transaction of an update.", "account"),
    Work.SEND: ("Seconds of the platform's call that sends a message.", "account"),
    Work.JOB: ("Seconds of a job of the clock.", "job"),
}
_COUNTED = {
    Count.MESSAGES: ("Messages that were tried, by the state that came of it.", "account state"),
    Count.QUESTIONS: ("Questions, by what became of them.", "outcome"),
    Count.REPORTS: ("Reports that were handed in or corrected.", "data_set kind"),
}

Event = tuple[Count, *tuple[str, ...]]
"""Something to count, with its labels in their order."""


class Span(Protocol):
    def end(self, end_time: int) -> None: ...


class Tracer(Protocol):
    """OpenTelemetry's, as far as it is used; times are nanoseconds since 1970."""

    def start_span(self, name: str, *, attributes: Mapping[str, str], start_time: int) -> Span: ...


@dataclass(slots=True)
class Step:
    """A piece of work under way; whoever does it says how it ended."""

    outcome: str = "failed"


class Telemetry:
    """The figures of one process, in a registry of their own; spans only with a tracer."""

    def __init__(self, tracer: Tracer | None = None) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._tracer = tracer
        self._seconds = {
            work: Histogram(
                f"loa_{work}_seconds",
                told,
                [label, "outcome"],
                buckets=BUCKETS,
                registry=self.registry,
            )
            for work, (told, label) in _TIMED.items()
        }
        self._counters = {
            count: Counter(f"loa_{count}", told, labels.split(), registry=self.registry)
            for count, (told, labels) in _COUNTED.items()
        }
        self._heard = Gauge(
            "loa_heard_timestamp_seconds",
            "When the account's platform last answered a poll or brought an update.",
            ["account"],
            registry=self.registry,
        )

    @contextmanager
    def step(self, work: Work, of: str) -> Iterator[Step]:
        """Time and count what is done inside, for that account or job."""
        step, begun = Step(), perf_counter()
        try:
            yield step
        finally:
            self.took(work, of, step.outcome, perf_counter() - begun)

    def took(self, work: Work, of: str, outcome: str, seconds: float) -> None:
        """Something has ended now that took so long. The words of an error are not asked for."""
        self._seconds[work].labels(of, outcome).observe(seconds)
        if self._tracer is not None:
            now, about = time_ns(), f"loa.{_TIMED[work][1]}"
            attributes = {about: of, "loa.outcome": outcome}
            begun = now - int(seconds * 1e9)
            self._tracer.start_span(work.value, attributes=attributes, start_time=begun).end(now)

    def count(self, what: Count, *labels: str) -> None:
        self._counters[what].labels(*labels).inc()

    def heard(self, account: str) -> None:
        """The platform of an account has answered."""
        self._heard.labels(account).set_to_current_time()
