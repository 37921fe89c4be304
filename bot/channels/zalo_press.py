"""Buttons of an Official Account: a press comes back as a text, which only we can have made."""

import hmac
import re
from dataclasses import dataclass, field
from hashlib import sha256

TAG_SIGNS = 16

_PRESS = re.compile(r"loa:([0-9a-f]{16}):(.{1,64})", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Presses:
    """Marks what the buttons of a chat send. Each person's are their own: one passed on is text."""

    key: bytes = field(repr=False)

    def payload(self, chat_id: str, action: str) -> str:
        """What a button with that action sends in a chat."""
        return f"loa:{self._tag(chat_id, action)}:{action}"

    def read(self, chat_id: str, text: str) -> str:
        """The action of the button that sent a text in a chat; empty where none did."""
        found = _PRESS.fullmatch(text)
        genuine = found and hmac.compare_digest(found[1], self._tag(chat_id, found[2]))
        return found[2] if found and genuine else ""

    def _tag(self, chat_id: str, action: str) -> str:
        said = f"{chat_id}\n{action}".encode()
        return hmac.new(self.key, said, sha256).hexdigest()[:TAG_SIGNS]
