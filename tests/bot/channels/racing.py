"""One process that asks for an access token when it is told to, and says which it got."""

import asyncio
import sys
from datetime import UTC, datetime

from bot.channels.zalo_oauth import OauthClient
from bot.channels.zalo_tokens import KeptTokens
from storage.seal import Seal
from storage.store import open_store


async def race(database: str, oauth_url: str, app_id: str, app_secret: str, seal: str) -> None:
    store = await open_store(database)
    try:
        oauth = OauthClient(oauth_url, app_id, app_secret, lambda: datetime.now(UTC))
        tokens = KeptTokens("zalo-oa", oauth, store, Seal(seal), lambda: datetime.now(UTC))
        print("ready", flush=True)  # noqa: T201
        await asyncio.to_thread(sys.stdin.readline)
        print(await tokens.current())  # noqa: T201
    finally:
        await store.close()


if __name__ == "__main__":
    asyncio.run(race(*sys.argv[1:]))
