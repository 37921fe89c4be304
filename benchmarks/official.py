"""A Zalo Official Account beside the broadcast: on the platform, and in the sending process."""

from collections.abc import Callable, Coroutine, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta

from benchmarks.platform import Platform, now
from bot.receive import Source, work_off
from bot.road import Road
from loa.channels import SECRET_KEY, Means, door_of, open_channel, path_of
from loa.settings_accounts import AccountSettings
from scheduler.drain import Drain
from storage import chats, tokens
from storage.seal import Seal
from storage.store import Store
from storage.tokens import Pair
from web.app import make_app
from web.serve import serve

HOST = "127.0.0.1"
USERNAME, APP, OA_SECRET = "xa_bench", "360846524940903967", "oa-secret-of-the-benchmark"
ENVIRON = {
    SECRET_KEY: "secret-of-the-benchmark",
    "LOA_ZALO_APP_SECRET": "app-secret-of-the-benchmark",
    "LOA_ZALO_OA_SECRET": OA_SECRET,
}
ANSWERS_PER_SECOND = 300
"""Far more than Zalo lets an account send: its pace is not what is measured."""


def settings(url: str) -> AccountSettings:
    """The account's settings, with the platform at an address."""
    given = {"app_id": APP, "base_url": f"{url}/zalo/oa", "oauth_url": f"{url}/zalo/oauth"}
    return AccountSettings.model_validate(
        {"channel": "zalo_oa", "per_second": ANSWERS_PER_SECOND, **given}
    )


@dataclass(frozen=True, slots=True)
class Official:
    """An account on the platform; its followers by the ids that its webhooks tell."""

    path: str
    account: str
    oa_id: str
    followers: Sequence[str]


async def make_official(platform: Platform, store: Store, people: Sequence[int]) -> Official:
    """The account that these people follow; the ledger has its token pair, as after a login."""
    await platform.act("bots", username=USERNAME, name="Xã", token="1:oa", messenger="zalo_oa")
    app_secret = ENVIRON["LOA_ZALO_APP_SECRET"]
    await platform.act(
        "zalo_oa", bot=USERNAME, app_id=APP, app_secret=app_secret, secret=OA_SECRET, rate=0
    )
    for person in people:
        await platform.act("follow", person=person, bot=USERNAME)
    given = await platform.act("zalo_oa/tokens", bot=USERNAME)
    account = settings(platform.url)
    pair = Pair(given["access_token"], given["refresh_token"], now() + timedelta(hours=25))
    await store.write(tokens.keep, Seal(ENVIRON[SECRET_KEY]), account.id, pair, now())
    ids = (await platform.ask("/zalo_oa/ids"))["people"]
    followers = [ids[str(person)] for person in people]
    return Official(f"/hook/{path_of(account)}", account.id, given["oa_id"], followers)


async def attend(
    opened: AsyncExitStack,
    road: Road,
    store: Store,
    draining: Callable[[Source], Drain],
    url: str,
    port: int,
) -> list[Coroutine[None, None, None]]:
    """Open the account of the platform at `url`, with its door on a port; what is to run then."""
    account = settings(url)
    means = Means(ENVIRON, store, now)
    channel = await open_channel(account, means)
    opened.push_async_callback(channel.close)
    can, kind = channel.capabilities, account.channel
    await store.write(chats.open_account, account.id, None, can, channel=kind)
    door = door_of(account, means)
    app = make_app({path_of(account): door}, road.keep)
    await opened.enter_async_context(serve(app, HOST, port))
    return [draining(channel).run(), work_off(channel, road, door.wake)]
