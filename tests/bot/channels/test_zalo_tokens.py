"""Token pairs, renewed once by whoever needs them."""

import asyncio
import logging
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from bot.channels.zalo_oauth import OauthClient
from bot.channels.zalo_tokens import KeptTokens
from domain.channel import AccountLost, SendError, TryLater
from storage import tokens
from storage.seal import Seal
from storage.store import Store
from storage.tokens import AHEAD, LEASE, NEVER, UNREADABLE, Pair
from tests.bot.channels.fake_oauth import FakeOauth, faking_oauth
from tests.conftest import Clock, entered

SEAL = Seal("a long secret")
SOON, LATER = timedelta(minutes=30), timedelta(hours=20)


@pytest.fixture
def oauth(runner: asyncio.Runner) -> Iterator[FakeOauth]:
    yield from entered(runner, faking_oauth())


async def begin(store: Store, clock: Clock, lasts: timedelta = SOON, refresh: str = "r0") -> None:
    pair = Pair("a0", refresh, clock.now + lasts)
    await store.write(tokens.keep, SEAL, "oa", pair, clock.now)


def source(store: Store, oauth: FakeOauth, clock: Clock, seal: Seal = SEAL) -> KeptTokens:
    client = OauthClient(oauth.url, "app", "app secret", clock)
    return KeptTokens("oa", client, store, seal, clock, pause=lambda _: asyncio.sleep(0.001))


async def test_a_pair_that_holds_is_used_as_it_is(
    store: Store, oauth: FakeOauth, clock: Clock
) -> None:
    await begin(store, clock, LATER)
    mine = source(store, oauth, clock)
    assert [await mine.current() for _ in range(3)] == ["a0"] * 3
    assert oauth.forms == []


async def test_a_pair_is_renewed_ahead_of_its_end_and_kept(
    store: Store, oauth: FakeOauth, clock: Clock
) -> None:
    await begin(store, clock)
    assert await source(store, oauth, clock).current() == "a1"
    assert oauth.forms == [{"app_id": "app", "grant_type": "refresh_token", "refresh_token": "r0"}]
    assert oauth.secrets == ["app secret"]
    state = await store.read(tokens.state, "oa")
    assert state is not None
    assert (state.obtained_at, state.lost_because) == (clock.now, None)
    assert state.expires_at == clock.now + timedelta(hours=25)
    assert await source(store, oauth, clock).current() == "a1"
    clock.advance(timedelta(hours=25) - AHEAD)
    assert await source(store, oauth, clock).current() == "a2"


async def test_a_token_that_the_platform_refuses_is_renewed_once_for_all(
    store: Store, oauth: FakeOauth, clock: Clock
) -> None:
    await begin(store, clock, LATER)
    mine, other = source(store, oauth, clock), source(store, oauth, clock)
    assert {await mine.current(), await other.current()} == {"a0"}
    both = [mine.renewed("a0"), mine.renewed("a0"), other.renewed("a0"), other.renewed("a0")]
    assert await asyncio.gather(*both) == ["a1"] * 4
    assert oauth.count == 1


async def test_the_loser_waits_for_the_winners_pair(
    store: Store, oauth: FakeOauth, clock: Clock
) -> None:
    await begin(store, clock)
    oauth.gate = asyncio.Event()
    first = asyncio.ensure_future(source(store, oauth, clock).current())
    await oauth.asked.wait()
    second = asyncio.ensure_future(source(store, oauth, clock).current())
    await asyncio.sleep(0.05)
    assert not second.done()
    oauth.gate.set()
    assert {await first, await second} == {"a1"}
    assert len(oauth.forms) == 1


async def test_the_new_pair_is_kept_before_it_is_used_although_its_user_is_gone(
    store: Store, oauth: FakeOauth, clock: Clock
) -> None:
    await begin(store, clock)
    oauth.gate = asyncio.Event()
    mine = source(store, oauth, clock)
    task = asyncio.ensure_future(mine.current())
    await oauth.asked.wait()
    task.cancel()
    closing = asyncio.ensure_future(mine.close())
    await asyncio.sleep(0.01)
    assert not closing.done()
    oauth.gate.set()
    await closing
    with pytest.raises(asyncio.CancelledError):
        await task
    oauth.gate = None
    assert await source(store, oauth, clock).current() == "a1"
    assert oauth.count == 1


@pytest.mark.parametrize("answer", [None, 504, 200])
async def test_a_renewal_whose_answer_was_lost_is_a_lost_pair_once_the_platform_says_so(
    store: Store, oauth: FakeOauth, clock: Clock, answer: int | None
) -> None:
    await begin(store, clock, -SOON)
    oauth.answers, oauth.spends = [answer], True
    mine = source(store, oauth, clock)
    with pytest.raises(TryLater):
        await mine.current()
    with pytest.raises(AccountLost, match=r"answer to a renewal was lost.*loa zalo login"):
        await mine.current()
    state = await store.read(tokens.state, "oa")
    assert state is not None
    assert "lost" in (state.lost_because or "")
    asked = len(oauth.forms)
    with pytest.raises(AccountLost, match="loa zalo login"):
        await source(store, oauth, clock).current()
    assert len(oauth.forms) == asked


async def test_a_renewal_whose_answer_was_lost_is_tried_again_with_the_same_token(
    store: Store, oauth: FakeOauth, clock: Clock
) -> None:
    await begin(store, clock, -SOON)
    oauth.answers = [None]
    mine = source(store, oauth, clock)
    with pytest.raises(TryLater):
        await mine.current()
    assert await mine.current() == "a1"


async def test_a_pair_that_somebody_else_has_spent_is_lost(
    store: Store, oauth: FakeOauth, clock: Clock
) -> None:
    await begin(store, clock, refresh="spent")
    with pytest.raises(AccountLost, match=r"used elsewhere.*loa zalo login"):
        await source(store, oauth, clock).current()


async def test_a_new_login_mends_a_lost_pair(store: Store, oauth: FakeOauth, clock: Clock) -> None:
    await begin(store, clock, refresh="spent")
    mine = source(store, oauth, clock)
    with pytest.raises(AccountLost):
        await mine.current()
    await begin(store, clock)
    assert await mine.current() == "a1"


async def test_a_process_that_died_in_a_renewal_holds_up_the_others_for_the_lease_only(
    store: Store, oauth: FakeOauth, clock: Clock
) -> None:
    await begin(store, clock)
    await store.write(tokens.take, SEAL, "oa", "dead", clock.now)
    mine = source(store, oauth, clock)
    waiting = asyncio.ensure_future(mine.current())
    await asyncio.sleep(0.02)
    assert not waiting.done()
    clock.advance(LEASE)
    assert await waiting == "a1"


@pytest.mark.parametrize(
    ("code", "words"),
    [(-14002, "not active"), (-14004, "secret is not valid"), (-1, "no token pair")],
)
async def test_wrong_settings_lose_the_account_but_not_the_pair(
    store: Store, oauth: FakeOauth, clock: Clock, code: int, words: str
) -> None:
    await begin(store, clock)
    oauth.answers = [{"error": code, "error_name": "x", "error_description": "y"}]
    mine = source(store, oauth, clock)
    with pytest.raises(AccountLost, match=rf"{words} \({code}\)"):
        await mine.current()
    assert await mine.current() == "a1"


async def test_while_the_old_token_holds_a_renewal_that_fails_harms_nobody(
    store: Store, oauth: FakeOauth, clock: Clock
) -> None:
    await begin(store, clock, LATER)
    mine = source(store, oauth, clock)
    await mine.current()
    clock.advance(LATER - SOON)
    oauth.answers = [503, 503]
    assert [await mine.current(), await mine.current()] == ["a0", "a0"]
    assert len(oauth.forms) == 1
    clock.advance(timedelta(minutes=2))
    assert await mine.current() == "a0"
    clock.advance(timedelta(minutes=2))
    assert await mine.current() == "a1"


async def test_an_account_without_a_login_says_how_to_mend_that(
    store: Store, oauth: FakeOauth, clock: Clock
) -> None:
    with pytest.raises(AccountLost, match=NEVER):
        await source(store, oauth, clock).current()


async def test_a_pair_sealed_with_another_secret_is_as_good_as_none(
    store: Store, oauth: FakeOauth, clock: Clock
) -> None:
    await begin(store, clock)
    with pytest.raises(AccountLost, match=UNREADABLE):
        await source(store, oauth, clock, Seal("another")).current()


async def test_keeping_fresh_renews_and_never_raises(
    store: Store, oauth: FakeOauth, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    mine = source(store, oauth, clock)
    await mine.keep_fresh()
    assert NEVER in caplog.text
    await begin(store, clock)
    await mine.keep_fresh()
    assert oauth.count == 1


async def test_no_token_is_told(
    store: Store, oauth: FakeOauth, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    clock_now: datetime = clock.now
    pair = Pair("access-secret", "refresh-secret", clock_now)
    await store.write(tokens.keep, SEAL, "oa", pair, clock_now)
    mine = source(store, oauth, clock)
    with pytest.raises(SendError) as caught:
        await mine.current()
    told = f"{caplog.text} {caught.value} {pair!r} {mine!r} {mine.oauth!r} {SEAL!r}"
    for secret in ("access-secret", "refresh-secret", "app secret", "a long secret"):
        assert secret not in told
