"""One call of a method: who calls, with which parameters and files."""

import json
from dataclasses import dataclass, field

from sandbox.bot_api.errors import bad_request
from sandbox.facts import Bot
from sandbox.posting import Upload


@dataclass(frozen=True, slots=True)
class Call:
    """Parameters are texts (forms, queries) or JSON values (JSON bodies); both are read alike."""

    bot: Bot
    params: dict[str, object]
    files: dict[str, Upload] = field(default_factory=dict)

    def text(self, name: str) -> str:
        value = self.params.get(name)
        return "" if value is None else value if isinstance(value, str) else json.dumps(value)

    def required(self, name: str) -> str:
        if not (value := self.text(name)):
            raise bad_request(f'parameter "{name}" is required')
        return value

    def whole(self, name: str, default: int = 0, low: int | None = None, high: int = 100) -> int:
        """A whole number; with `low`, brought between `low` and `high`. As Telegram does,
        what is no number is the default."""
        try:
            value = int(self.text(name))
        except ValueError:
            return default
        return value if low is None else min(max(value, low), high)

    def flag(self, name: str) -> bool:
        return self.text(name).lower() in ("true", "yes", "1")

    def json(self, name: str, what: str = "") -> object:
        """A JSON value, or None; `what` names it in the error."""
        value = self.params.get(name)
        if not isinstance(value, str):
            return value
        if not value:
            return None
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            raise bad_request(f"can't parse {what or name} JSON object") from None
