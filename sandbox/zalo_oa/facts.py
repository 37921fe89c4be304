"""What happens to an Official Account and nowhere else: plain values, lines of the journal."""

from dataclasses import dataclass
from typing import Literal

Product = Literal["gmf10", "gmf50", "gmf100", "gmf1000"]


@dataclass(frozen=True, slots=True)
class Asset:
    """A place for one group, as it is bought."""

    id: str
    product: Product = "gmf100"


@dataclass(frozen=True, slots=True)
class Switches:
    """Where the sources disagree on what Zalo does, or where its owner may choose.

    `signed_with`: the secret of a webhook's signature, the OA's own or the app's.
    `only_hash`: of what is said in groups only what begins with "#" is told.
    `replies`: how many messages are free within 48 hours of a person's last word; 0 is any number.
    `window_days`: how long after that word one may write at all.
    `night_ban`: from 22:00 to 06:00 in Vietnam nothing goes to a person.
    """

    mac_prefix: bool = True
    signed_with: Literal["oa", "app"] = "oa"
    accept_event: Literal["accept_request_join_group", "react_request_join_group"] = (
        "accept_request_join_group"
    )
    delete_event: Literal["delete_group", "disperse_group"] = "delete_group"
    out_event: Literal["user_out_group", "user_leave_group"] = "user_out_group"
    only_hash: bool = False
    echoes: bool = True
    list_template: bool = False
    buttons_template: bool = True
    replies: int = 0
    window_days: float = 7
    night_ban: bool = False
    csv_files: bool = False


@dataclass(frozen=True, slots=True)
class Console:
    """What the owner of an account has set and bought in Zalo's consoles.

    `redirect_uri` empty: any. An account that is not `verified` gets no refresh token. `rate` are
    calls a minute, 0 is any number. `admins` are people; when there are some, a new group needs
    one of them. `webhook_seconds`: how long the bot may take to answer.
    """

    app_id: str
    app_secret: str
    secret: str
    redirect_uri: str = ""
    app_active: bool = True
    verified: bool = True
    rate: int = 100
    monthly_messages: int = 500
    monthly_uploads: int = 5000
    webhook_seconds: float = 2.0
    admins: tuple[int, ...] = ()
    assets: tuple[Asset, ...] = ()
    switches: Switches = Switches()


@dataclass(frozen=True, slots=True)
class ConsoleSet:
    bot: int
    console: Console


@dataclass(frozen=True, slots=True)
class CodeGiven:
    """The owner consents; `challenge` is what the verifier of PKCE must hash to."""

    bot: int
    code: str
    challenge: str


@dataclass(frozen=True, slots=True)
class TokensGiven:
    """A new pair; `spent` is the code or the refresh token that was given for it."""

    bot: int
    access: str
    refresh: str = ""
    spent: str = ""


@dataclass(frozen=True, slots=True)
class TokensEnded:
    """From now on the account's access tokens, or its refresh tokens too, are worth nothing."""

    bot: int
    refresh: bool = False


@dataclass(frozen=True, slots=True)
class Uploaded:
    """`token` is what the account calls the file when it sends it."""

    bot: int
    token: str
    file: str


@dataclass(frozen=True, slots=True)
class Housed:
    """A group takes up an asset."""

    chat: str
    asset: Asset


@dataclass(frozen=True, slots=True)
class Followed:
    person: int
    bot: int
    date: int


@dataclass(frozen=True, slots=True)
class Unfollowed:
    person: int
    bot: int
    date: int


@dataclass(frozen=True, slots=True)
class OtherEvent:
    """An event that nothing in the world causes; `body` is what it has beside the usual."""

    bot: int
    name: str
    body: dict[str, object]


OaFact = (
    ConsoleSet
    | CodeGiven
    | TokensGiven
    | TokensEnded
    | Uploaded
    | Housed
    | Followed
    | Unfollowed
    | OtherEvent
)
