"""How a parser or a door is tried: with so many inputs, each of which is counted.

LOA_FUZZ is how many inputs each gets, new ones in every run; without it each gets a few, always
the same, so that `make test` is quick and says the same twice.
"""

import os
from collections import Counter
from collections.abc import Callable
from functools import wraps
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.strategies import SearchStrategy

MANY = os.environ.get("LOA_FUZZ", "")
FEW = 12
TRIED: Counter[str] = Counter()
"""How many inputs each test has tried."""

Test = Callable[..., None]


def tried(slow: int = 1, **strategies: SearchStrategy[Any]) -> Callable[[Test], Test]:
    """Call a test with inputs of these strategies; where one is `slow`, with that many fewer."""

    def decorate(test: Test) -> Test:
        @wraps(test)
        def counted(*args: Any, **kwargs: Any) -> None:
            TRIED[test.__name__] += 1
            test(*args, **kwargs)

        return _settings(slow)(given(**strategies)(counted))

    return decorate


def _settings(slow: int) -> settings:
    return settings(
        max_examples=max(int(MANY or FEW) // slow, 3),
        derandomize=not MANY,
        database=None,
        deadline=None,
        phases=[Phase.generate],  # to shrink a spoilt file takes minutes, and shows little
        suppress_health_check=list(HealthCheck),
    )


def broken(log: pytest.LogCaptureFixture) -> list[str]:
    """What the road could not work, and told people that it is sorry about."""
    return [each.getMessage() for each in log.records if each.name == "bot.road"]
