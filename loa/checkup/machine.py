"""Checks of the machine: the folder, the port, the clock."""

import errno
import shutil
import socket
import tempfile
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from decimal import Decimal
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from zoneinfo import ZoneInfo

from loa.checkup.finding import Finding, good, warning, wrong
from loa.settings import Settings, WebSettings

LARGEST_FILES = 50
"""Where fewer files of the largest size fit, the disk is getting full."""
ANSWER_SECONDS = 2.0


def check_machine(settings: Settings, now: datetime) -> Iterator[Finding]:
    yield check_folder(settings.data_dir, LARGEST_FILES * settings.limits.file_mb * 2**20)
    yield check_port(settings.web)
    yield check_clock(settings.timezone, now)


def check_folder(folder: Path, least_free: int) -> Finding:
    """Whether files can be kept there; it is made, as Loa itself would make it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            free = shutil.disk_usage(folder).free
    except OSError as error:
        return wrong("folder_closed", folder=folder, error=error.strerror)
    told = {"folder": folder, "free": Decimal(f"{free / 2**30:.1f}")}
    return good("folder", **told) if free >= least_free else warning("folder_full", **told)


def check_port(web: WebSettings) -> Finding:
    """Whether Loa can listen on its port, or does so already."""
    family = socket.AF_INET6 if ":" in web.host else socket.AF_INET
    try:
        socket.create_server((web.host, web.port), family=family).close()
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            return wrong("port_closed", web=web, error=error.strerror)
        return good("port_ours", web=web) if _is_ours(web) else wrong("port_taken", web=web)
    return good("port_free", web=web)


def _is_ours(web: WebSettings) -> bool:
    try:
        return ask(web, "/healthz") == (HTTPStatus.OK, "ok")
    except (OSError, HTTPException, UnicodeDecodeError):
        return False


def ask(web: WebSettings, path: str, token: str = "") -> tuple[int, str]:
    """The status and the text of a page of whoever listens there.

    Raises OSError, HTTPException and UnicodeDecodeError.
    """
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    with closing(HTTPConnection(web.host, web.port, timeout=ANSWER_SECONDS)) as connection:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()


def check_clock(zone: ZoneInfo, now: datetime) -> Finding:
    return good("clock", zone=zone.key, now=now)
