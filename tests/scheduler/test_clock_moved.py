"""The way out when the machine's clock is set forward or back: nothing freezes, nothing floods."""

from datetime import timedelta

import pytest

from domain.channel import TryLater
from tests.scheduler.ledger import CAN, PRIVATE, Ledger

TEXTS = [str(number) for number in range(CAN.group_pace.burst + 4)]


@pytest.mark.parametrize("jump", [timedelta(hours=-1), timedelta(days=1)])
async def test_all_goes_out_in_its_time_and_at_its_pace(
    ledger: Ledger, jump: timedelta, caplog: pytest.LogCaptureFixture
) -> None:
    pace = CAN.group_pace
    await ledger.queue("a", *TEXTS)
    ledger.fail("b", TryLater("too fast", 30))
    await ledger.queue("b", "hai")
    await ledger.pass_time(2)
    assert (len(ledger.told("a")), ledger.told("b")) == (pace.burst, [])
    before = len(ledger.channel.times)

    ledger.clock.advance(jump)
    await ledger.queue(PRIVATE, "mới")
    await ledger.pass_time(4 * pace.gap.total_seconds() + 1, step=0.5)
    assert (ledger.told("a"), ledger.told(PRIVATE)) == (TEXTS, ["mới"])
    await ledger.pass_time(10)
    assert ledger.told("b") == ["hai"]

    real = [at - jump * (number >= before) for number, (_, at) in enumerate(ledger.channel.times)]
    sent = [at for (chat, _), at in zip(ledger.channel.times, real, strict=True) if chat == "a"]
    if jump < timedelta():
        for number in range(pace.burst, len(sent)):
            assert sent[number] - sent[0] >= pace.gap * (number - pace.burst + 1)
    set_back = [line for line in caplog.messages if "the clock was set back by" in line]
    assert (len(caplog.messages), len(set_back)) == ((1, 1) if jump < timedelta() else (0, 0))
