"""Spans for OpenTelemetry, where `loa[tracing]` is installed and the settings name a collector."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from typing import TYPE_CHECKING

from loa.settings import TracingSettings
from scheduler.telemetry import Telemetry

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider


EXPORT_SECONDS = 3.0
"""How long a collector that does not answer holds up the end of the process."""


class NoTracing(Exception):
    """The settings ask for spans, and what makes them is not installed."""

    def __init__(self) -> None:
        super().__init__(
            "tracing.endpoint is set, but opentelemetry-sdk and "
            "opentelemetry-exporter-otlp-proto-http are not installed: "
            "run make tracing, or leave the setting empty"
        )


@contextmanager
def measuring(settings: TracingSettings) -> Iterator[Telemetry]:
    """What the process measures itself by; the last spans are handed over at the end.

    Raises NoTracing.
    """
    if not settings.endpoint:
        yield Telemetry()
        return
    provider = _provider(settings.endpoint)
    try:
        yield Telemetry(provider.get_tracer("loa"))
    finally:
        provider.shutdown()


def _provider(endpoint: str) -> "TracerProvider":
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError as error:
        raise NoTracing from error
    resource = Resource.create({"service.name": "loa", "service.version": version("loa")})
    provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    exporter = OTLPSpanExporter(endpoint, timeout=EXPORT_SECONDS)
    provider.add_span_processor(BatchSpanProcessor(exporter))
    return provider
