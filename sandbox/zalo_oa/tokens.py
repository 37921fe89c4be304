"""The codes and tokens of all accounts, and when each of them ends."""

import secrets
from dataclasses import dataclass

from sandbox.facts import Bot
from sandbox.journal import Entry
from sandbox.world import World
from sandbox.zalo_oa.errors import OaError
from sandbox.zalo_oa.facts import CodeGiven, TokensEnded, TokensGiven

ACCESS_SECONDS = 90_000
_CODE_SECONDS = 600
_REFRESH_SECONDS = 90 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Pass:
    """What lets someone act for an account until a time (Unix seconds)."""

    bot: int
    until: float
    challenge: str = ""


class Tokens:
    """`access`, `refresh` and `codes` by their texts; a used one is gone."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.access: dict[str, Pass] = {}
        self.refresh: dict[str, Pass] = {}
        self.codes: dict[str, Pass] = {}
        world.listeners.append(self._hear)

    def _hear(self, entry: Entry) -> None:
        match entry.fact:
            case CodeGiven(bot, code, challenge):
                self.codes[code] = Pass(bot, entry.at + _CODE_SECONDS, challenge)
            case TokensGiven(bot, access, refresh, spent):
                self._spend(spent)
                self.access[access] = Pass(bot, entry.at + ACCESS_SECONDS)
                if refresh:
                    self.refresh[refresh] = Pass(bot, entry.at + _REFRESH_SECONDS)
            case TokensEnded(bot, refresh_too):
                self._end(self.access, bot, entry.at)
                if refresh_too:
                    self._end(self.refresh, bot, entry.at)

    def _spend(self, text: str) -> None:
        self.codes.pop(text, None)
        self.refresh.pop(text, None)

    def _end(self, passes: dict[str, Pass], bot: int, at: float) -> None:
        for text, each in passes.items():
            if each.bot == bot:
                passes[text] = Pass(bot, min(at, each.until))

    def bot_of(self, access: str) -> Bot:
        """Raises OaError: -216 for no token or one never given, -220 for one that has ended."""
        known = self.access.get(access)
        if not known:
            raise OaError(-216)
        if known.until <= self._world.clock.now():
            raise OaError(-220)
        return self._world.bots[known.bot]

    def valid(self, passes: dict[str, Pass], text: str) -> Pass | None:
        known = passes.get(text)
        return known if known and known.until > self._world.clock.now() else None

    def give_code(self, bot: Bot, challenge: str) -> str:
        code = secrets.token_urlsafe(24)
        self._world.record(CodeGiven(bot.id, code, challenge))
        return code

    def give(self, bot: Bot, spent: str = "", *, renewable: bool = True) -> dict[str, str]:
        """A new pair, as the token endpoint answers; without the refresh token when not
        `renewable`."""
        access = secrets.token_urlsafe(48)
        refresh = secrets.token_urlsafe(48) if renewable else ""
        self._world.record(TokensGiven(bot.id, access, refresh, spent))
        renewal = {"refresh_token": refresh} if refresh else {}
        return {"access_token": access} | renewal | {"expires_in": str(ACCESS_SECONDS)}
