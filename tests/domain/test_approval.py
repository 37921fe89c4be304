from datetime import UTC, datetime

import pytest

from domain.approval import ApprovalState, Reviewed, whole_state
from domain.rates import Rate
from domain.units import Unit

UNIT = Unit(1, "X", "X", "village")
AT = datetime(2026, 11, 20, tzinfo=UTC)
MISSING = Reviewed(UNIT, Rate(1))
READY = Reviewed(UNIT, Rate(1, 1), 7, AT)
RETURNED = Reviewed(UNIT, Rate(1, 1), 7, AT, "Xem lại")
WAITING = Reviewed(UNIT, Rate(3, 2))
APPROVED = Reviewed(UNIT, Rate(3, 2), approved=True)


@pytest.mark.parametrize(
    ("reviewed", "state"),
    [
        (MISSING, ApprovalState.MISSING),
        (READY, ApprovalState.READY),
        (RETURNED, ApprovalState.RETURNED),
        (WAITING, ApprovalState.WAITING),
        (APPROVED, ApprovalState.APPROVED),
    ],
)
def test_the_state_of_a_unit(reviewed: Reviewed, state: ApprovalState) -> None:
    assert reviewed.state is state


@pytest.mark.parametrize(
    ("children", "in_time", "ready"),
    [
        ([APPROVED, APPROVED], True, True),
        ([APPROVED, READY], False, False),
        ([APPROVED, WAITING], False, False),
        ([APPROVED, RETURNED], False, False),
        ([APPROVED, MISSING], True, False),
        ([APPROVED, MISSING], False, True),
        ([MISSING], False, False),
        ([], False, False),
    ],
)
def test_a_level_is_ready_only_after_all_its_children(
    children: list[Reviewed], in_time: bool, ready: bool
) -> None:
    wanted = ApprovalState.READY if ready else ApprovalState.WAITING
    assert whole_state(children, in_time=in_time) is wanted
