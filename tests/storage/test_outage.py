"""An outage as the log has it."""

import logging

import pytest

from storage.outage import Outage


def test_an_outage_is_told_once_and_so_is_its_end(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    outage = Outage(logging.getLogger(__name__), "work waits", "work goes on")
    outage.over("one")
    outage.met("it is locked", "one")
    outage.met("it is starting up", "other")
    outage.over("third")
    outage.over("other")
    outage.over("one")
    outage.met("it is full", "one")
    assert caplog.messages == ["work waits: it is locked", "work goes on", "work waits: it is full"]
