"""How the platform behaves where its documents and its users disagree, or say nothing."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Rules:
    """The switches; see docs/sandbox.md for who says what.

    `idle_status` is HTTP's of a poll in vain, `error_status` of any other error: "code" is the
    same number as in the body, "200" always 200 (a bad token is 200 either way).
    `redelivery`: with "always" every update comes back on later polls, at once, once nothing new
    waits; with "never" each is given once. `beside_webhook`: a poll while a webhook is set.
    `counts`: which messages are taken from the `monthly` budget. `photo_field` is what holds the
    address of a picture, which works for `photo_seconds`. `webhook_retries`: how often an update
    is brought again when the webhook did not take it.
    """

    idle_status: Literal[200, 408] = 408
    error_status: Literal["code", "200"] = "code"
    redelivery: Literal["always", "never"] = "always"
    beside_webhook: Literal["refused", "silent"] = "refused"
    counts: Literal["outbound", "both"] = "outbound"
    monthly: int = 3000
    webhook_body: Literal["flat", "wrapped"] = "flat"
    webhook_retries: int = 0
    tests_a_day: int = 20
    photo_field: Literal["photo", "photo_url"] = "photo"
    photo_seconds: int = 3600
