"""Tells at the end how many inputs were tried on how many doors and parsers."""

from collections.abc import Iterator

import pytest

from tests.fuzz.trying import TRIED

INPUTS = "inputs"


@pytest.fixture(autouse=True)
def inputs(request: pytest.FixtureRequest) -> Iterator[None]:
    name = getattr(request.node, "originalname", request.node.name)
    before = TRIED[name]
    yield
    request.node.user_properties.append((INPUTS, TRIED[name] - before))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    reports = [each for some in terminalreporter.stats.values() for each in some]
    tried = [
        value
        for report in reports
        if getattr(report, "when", "") == "teardown"
        for key, value in report.user_properties
        if key == INPUTS
    ]
    if tried:
        faults = len(terminalreporter.stats.get("failed", ()))
        terminalreporter.write_line(
            f"{len(tried)} doors and parsers, {sum(tried):,} inputs, {faults} faults"
        )
