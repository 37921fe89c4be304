"""The consent of an Official Account's administrator, at a terminal."""

import re
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

from bot.channels.zalo_oauth import Consent, NoPair, OauthClient, challenge_of, verifier_of
from domain.channel import SendError
from loa.channels import SECRET_KEY, Means
from loa.reach import reach
from loa.screen import Screen
from loa.settings_accounts import AccountSettings
from storage import tokens
from storage.seal import Seal
from storage.store import Store

EXPLAINED = (-14002, -14003, -14004)
_CODE = re.compile(r"[\w.~-]{8,}")


class NotACode(ValueError):
    """What was pasted holds no code of this login; `key` is the sentence that says why."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


@dataclass(frozen=True, slots=True)
class Login:
    """One try to log in. `state` is what comes back with the code."""

    account: AccountSettings
    redirect: str
    state: str
    means: Means = field(repr=False)

    @property
    def challenge(self) -> str:
        return challenge_of(self._verifier)

    @property
    def url(self) -> str:
        consent = Consent(self.account.app_id, self.redirect, self.challenge, self.state)
        return consent.url(self.account.oauth_url)

    def code_in(self, pasted: str) -> str:
        """The code in the address to which the consent led, or alone; raises NotACode."""
        text = pasted.strip()
        if "code=" not in text:
            if not _CODE.fullmatch(text):
                raise NotACode("zalo.login_no_code")
            return text
        query = parse_qs(urlsplit(text).query or text.lstrip("?"))
        if query.get("state", [self.state]) != [self.state]:
            raise NotACode("zalo.login_other_state")
        if not query.get("code"):
            raise NotACode("zalo.login_no_code")
        return query["code"][0]

    async def finish(self, pasted: str, store: Store, screen: Screen) -> bool:
        """Keep the pair that a code is good for; whether that went well. The screen says how."""
        try:
            pair = await self._oauth().exchange(self.code_in(pasted), self._verifier)
        except NotACode as error:
            screen.say(error.key)
        except NoPair as error:
            self.explain(error.code, screen)
        except SendError as error:
            screen.say("zalo.unreached", error=str(error))
        else:
            now = self.means.clock()
            await store.write(tokens.agreed, self._seal, self.account.id, pair, now)
            screen.say("zalo.login_done", account=self.account.id)
            await self._greet(screen)
            return True
        return False

    async def _greet(self, screen: Screen) -> None:
        try:
            can = await reach(self.account, self.means)
        except SendError as error:
            screen.say("zalo.login_unseen", error=str(error))
        else:
            screen.say("zalo.login_name", name=can.name)

    def explain(self, code: int, screen: Screen) -> None:
        """Say what an error of the platform means for the installer; 0 is a pair not whole."""
        if code in EXPLAINED:
            screen.say(f"zalo.login_error_{-code}", env=self.account.app_secret_env)
        elif code:
            screen.say("zalo.login_refused", code=code)
        else:
            screen.say("zalo.login_no_refresh")

    @property
    def _seal(self) -> Seal:
        return Seal(self.means.environ[SECRET_KEY])

    @property
    def _verifier(self) -> str:
        return verifier_of(self._seal.key("consent"))

    def _oauth(self) -> OauthClient:
        account, secret = self.account, self.means.environ[self.account.app_secret_env]
        return OauthClient(account.oauth_url, account.app_id, secret, self.means.clock)
