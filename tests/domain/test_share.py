from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.share import shares

EIGHT = {f"a{number}" for number in range(8)}


@pytest.mark.parametrize(
    ("wants", "held", "loads"),
    [
        pytest.param({7: EIGHT}, {}, {7: 8}, id="alone"),
        pytest.param({7: EIGHT, 9: EIGHT}, {}, {7: 4, 9: 4}, id="together"),
        pytest.param({7: EIGHT, 9: EIGHT}, dict.fromkeys(EIGHT, 7), {7: 4, 9: 4}, id="a newcomer"),
        pytest.param({7: EIGHT, 8: EIGHT, 9: EIGHT}, {}, {7: 3, 8: 3, 9: 2}, id="not even"),
        pytest.param({9: EIGHT}, dict.fromkeys(EIGHT, 7), {9: 8}, id="the holder is gone"),
        pytest.param({7: EIGHT, 9: {"a1", "a2"}}, {}, {7: 6, 9: 2}, id="one cannot do all"),
        pytest.param({7: set()}, {}, {}, id="nothing to do"),
    ],
)
def test_accounts_are_shared(
    wants: dict[int, set[str]], held: dict[str, int], loads: dict[int, int]
) -> None:
    found = shares(wants, held)
    assert Counter(found.values()) == loads
    assert all(thing in wants[process] for thing, process in found.items())


def test_as_little_as_can_be_is_moved() -> None:
    held = {thing: 7 + number % 3 for number, thing in enumerate(sorted(EIGHT))}
    wants = dict.fromkeys((7, 8, 9), EIGHT)
    assert shares(wants, held) == held
    found = shares(wants, held | {"a7": 7, "a6": 7})
    assert len([thing for thing in EIGHT if found[thing] != held[thing]]) == 2


processes = st.integers(1, 5)


@given(
    wants=st.dictionaries(processes, st.sets(st.sampled_from(sorted(EIGHT)))),
    held=st.dictionaries(st.sampled_from(sorted(EIGHT)), processes),
)
def test_everything_that_is_wanted_is_given_to_one_who_wants_it(
    wants: dict[int, set[str]], held: dict[str, int]
) -> None:
    found = shares(wants, held)
    assert found.keys() == set[str]().union(*wants.values())
    assert all(thing in wants[process] for thing, process in found.items())
