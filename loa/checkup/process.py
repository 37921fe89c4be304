"""Checks of the process that runs on this machine: whether it is ready, and how its jobs went."""

from collections.abc import Iterator, Mapping
from http import HTTPStatus
from http.client import HTTPException

from prometheus_client.parser import text_string_to_metric_families

from loa.channels import METRICS_TOKEN
from loa.checkup.finding import Finding, good, warning, wrong
from loa.checkup.machine import ask
from loa.settings import WebSettings
from loa.state import shows_figures


def check_process(web: WebSettings, environ: Mapping[str, str]) -> Iterator[Finding]:
    """What a running Loa says of itself; nothing where it stopped meanwhile."""
    try:
        status, reason = ask(web, "/readyz")
        yield good("ready") if status == HTTPStatus.OK else wrong("unready", reason=reason)
        if shows_figures(web, environ):
            yield _check_jobs(*ask(web, "/metrics", environ.get(METRICS_TOKEN, "")))
    except (OSError, HTTPException, UnicodeDecodeError):
        return


def _check_jobs(status: int, text: str) -> Finding:
    """Whether every job was done each time since the process began."""
    if status != HTTPStatus.OK:
        return warning("metrics_closed")
    runs = [
        (sample.labels, int(sample.value))
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name == "loa_job_seconds_count"
    ]
    failed = {labels["job"]: times for labels, times in runs if labels["outcome"] == "failed"}
    if failed:
        return warning("jobs_failed", failed=failed)
    return good("jobs", count=sum(times for _, times in runs))
