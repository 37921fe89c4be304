"""What a process tells of itself, and to whom, as the settings say."""

from collections.abc import Mapping
from functools import partial
from ipaddress import ip_address

from bot.road import Clock
from loa.channels import METRICS_TOKEN
from loa.settings import Settings, WebSettings
from scheduler.telemetry import Telemetry
from storage import figures
from storage.migrate import current, revisions
from storage.store import Store
from web.state import State


def state_of(
    settings: Settings,
    environ: Mapping[str, str],
    store: Store,
    telemetry: Telemetry,
    clock: Clock,
) -> State:
    return State(
        partial(store.read, current),
        revisions(),
        partial(store.read, figures.read),
        telemetry.registry,
        clock,
        shows_figures=shows_figures(settings.web, environ),
        token=environ.get(METRICS_TOKEN, ""),
    )


def shows_figures(web: WebSettings, environ: Mapping[str, str]) -> bool:
    """Whether there is a /metrics: never for everybody.

    A proxy that brings the public in calls from this machine too, so its address proves nothing.
    """
    guarded = bool(environ.get(METRICS_TOKEN))
    return web.metrics and (guarded or (not web.public_url and _is_here(web.host)))


def _is_here(host: str) -> bool:
    """Whether only this machine reaches that address."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
