"""What is counted and timed, and the spans that go with it."""

import asyncio

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from domain.channel import Lost, Refused, Scope, TryLater
from scheduler.clock import Job, ticking
from scheduler.telemetry import Count, Telemetry, Work
from storage.store import StorageError, Store
from tests.conftest import Clock
from tests.scheduler.ledger import ACCOUNT, PRIVATE, UNSPEAKABLE, Ledger

PHONE = "0912345678"


@pytest.fixture
def spans() -> InMemorySpanExporter:
    return InMemorySpanExporter()


@pytest.fixture
def telemetry(spans: InMemorySpanExporter) -> Telemetry:
    """One whose spans can be looked at."""
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(spans))
    return Telemetry(provider.get_tracer("loa"))


def told(spans: InMemorySpanExporter) -> list[tuple[str, dict[str, object]]]:
    return [(span.name, dict(span.attributes or {})) for span in spans.get_finished_spans()]


def value(telemetry: Telemetry, name: str, **labels: str) -> float:
    return telemetry.registry.get_sample_value(f"loa_{name}", labels) or 0.0


def test_a_step_is_timed_by_its_outcome_and_is_a_span(
    telemetry: Telemetry, spans: InMemorySpanExporter
) -> None:
    with telemetry.step(Work.UPDATE, "telegram") as step:
        step.outcome = "worked"
    assert value(telemetry, "update_seconds_count", account="telegram", outcome="worked") == 1
    assert value(telemetry, "update_seconds_sum", account="telegram", outcome="worked") > 0
    assert told(spans) == [("update", {"loa.account": "telegram", "loa.outcome": "worked"})]


def test_what_raises_has_failed_and_its_words_stay_out_of_the_span(
    telemetry: Telemetry, spans: InMemorySpanExporter
) -> None:
    with pytest.raises(ValueError, match=PHONE), telemetry.step(Work.JOB, "tidy"):
        raise ValueError(f"Lan {PHONE}")
    assert value(telemetry, "job_seconds_count", job="tidy", outcome="failed") == 1
    [span] = spans.get_finished_spans()
    assert PHONE not in span.to_json()
    assert dict(span.attributes or {})["loa.outcome"] == "failed"


def test_two_processes_of_one_test_do_not_share_their_figures() -> None:
    one, other = Telemetry(), Telemetry()
    one.count(Count.MESSAGES, "telegram", "sent")
    assert value(one, "messages_total", account="telegram", state="sent") == 1
    assert value(other, "messages_total", account="telegram", state="sent") == 0


async def test_a_job_is_counted_with_how_it_ended(
    telemetry: Telemetry, spans: InMemorySpanExporter
) -> None:
    begun = {"good": asyncio.Semaphore(0), "bad": asyncio.Semaphore(0)}

    async def good() -> None:
        begun["good"].release()

    async def bad() -> None:
        begun["bad"].release()
        raise StorageError("database is locked")

    with ticking([Job("good", 0.001, good), Job("bad", 0.001, bad)], telemetry):
        for each in (*begun.values(), *begun.values()):
            await each.acquire()  # its second run begins after the first has ended
    assert value(telemetry, "job_seconds_count", job="good", outcome="done")
    assert value(telemetry, "job_seconds_count", job="bad", outcome="failed")
    assert not value(telemetry, "job_seconds_count", job="bad", outcome="done")
    assert ("job", {"loa.job": "bad", "loa.outcome": "failed"}) in told(spans)


@pytest.mark.parametrize(
    ("errors", "states", "outcomes"),
    [
        ([], {"sent": 1}, ["sent"]),
        ([Refused("no rights")], {"failed": 1}, ["refused"]),
        ([Lost("no answer")], {"queued": 1, "sent": 1}, ["lost", "sent"]),
        ([Lost("no answer")] * 2, {"queued": 1, "unknown": 1}, ["lost", "lost"]),
        ([TryLater("slow", 0.0, Scope.CHAT)], {"queued": 1, "sent": 1}, ["trylater", "sent"]),
        ([TryLater("slow", 0.0, Scope.ACCOUNT)], {"queued": 1, "sent": 1}, ["trylater", "sent"]),
    ],
)
async def test_a_message_is_counted_by_the_state_that_it_is_in(
    errors: list[Refused | Lost | TryLater],
    states: dict[str, int],
    outcomes: list[str],
    store: Store,
    clock: Clock,
    telemetry: Telemetry,
    spans: InMemorySpanExporter,
) -> None:
    ledger = await Ledger.open(store, clock)
    ledger.drain = ledger.new_drain(telemetry=telemetry)
    ledger.fail(PRIVATE, *errors)
    await ledger.queue(PRIVATE, f"gọi Lan {PHONE}")
    await ledger.pass_time(10)
    every = ("sent", "failed", "unknown", "queued")
    counted = {s: value(telemetry, "messages_total", account=ACCOUNT, state=s) for s in every}
    assert {state: count for state, count in counted.items() if count} == states
    seen = [("send", {"loa.account": ACCOUNT, "loa.outcome": each}) for each in outcomes]
    assert told(spans) == seen


async def test_a_fault_of_ours_is_a_refused_message(
    store: Store, clock: Clock, telemetry: Telemetry
) -> None:
    ledger = await Ledger.open(store, clock)
    ledger.drain = ledger.new_drain(telemetry=telemetry)
    await ledger.queue(PRIVATE, UNSPEAKABLE)
    await ledger.drain.settle()
    assert value(telemetry, "messages_total", account=ACCOUNT, state="failed") == 1
    assert value(telemetry, "send_seconds_count", account=ACCOUNT, outcome="refused") == 1


def test_what_took_long_is_a_span_as_long(
    telemetry: Telemetry, spans: InMemorySpanExporter
) -> None:
    telemetry.took(Work.UPDATE, "telegram", "worked", 2.5)
    [span] = spans.get_finished_spans()
    assert span.start_time
    assert span.end_time
    assert span.end_time - span.start_time == 2_500_000_000
