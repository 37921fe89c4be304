"""Spans are made only where they are wanted and what makes them is there."""

import http.server
import sys
import threading
from collections.abc import Iterator

import pytest

from loa.settings import TracingSettings
from loa.tracing import NoTracing, measuring
from scheduler.telemetry import Work

ENDPOINT = "http://127.0.0.1:1/v1/traces"


@pytest.fixture
def collected() -> Iterator[tuple[str, list[bytes]]]:
    """A collector's address, and what came to it."""
    bodies: list[bytes] = []

    class Collector(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    with http.server.HTTPServer(("127.0.0.1", 0), Collector) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/v1/traces", bodies
        server.shutdown()
        thread.join()


def test_spans_reach_the_collector_by_the_end(collected: tuple[str, list[bytes]]) -> None:
    endpoint, bodies = collected
    with (
        measuring(TracingSettings(endpoint=endpoint)) as telemetry,
        telemetry.step(Work.UPDATE, "telegram") as step,
    ):
        step.outcome = "worked"
    [body] = bodies
    for word in (b"update", b"loa.account", b"telegram", b"loa.outcome", b"worked"):
        assert word in body


def test_without_an_endpoint_nothing_is_traced_or_imported(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)
    with measuring(TracingSettings()) as telemetry, telemetry.step(Work.JOB, "tidy"):
        pass
    labels = {"job": "tidy", "outcome": "failed"}
    assert telemetry.registry.get_sample_value("loa_job_seconds_count", labels) == 1


@pytest.mark.parametrize(
    "missing", ["opentelemetry.sdk.trace", "opentelemetry.exporter.otlp.proto.http.trace_exporter"]
)
def test_without_the_extra_an_endpoint_is_refused(
    missing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, missing, None)
    with (
        pytest.raises(NoTracing, match=r"opentelemetry-sdk .* make tracing"),
        measuring(TracingSettings(endpoint=ENDPOINT)),
    ):
        pass
