"""What is kept sealed, and the keys that one secret gives."""

import base64
from dataclasses import dataclass, field

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32


class BadSeal(ValueError):
    """What was sealed was sealed with another secret, or has been touched."""


@dataclass(frozen=True, slots=True)
class Seal:
    """Closes and opens with the installation's one secret; raises ValueError for an empty one."""

    secret: str = field(repr=False)

    def __post_init__(self) -> None:
        if not self.secret:
            raise ValueError("an empty secret seals nothing")

    def key(self, purpose: str) -> bytes:
        """32 bytes for one purpose, from which neither the secret nor another key can be told."""
        derived = HKDF(SHA256(), KEY_BYTES, salt=None, info=f"loa {purpose}".encode())
        return derived.derive(self.secret.encode())

    def close(self, text: str) -> str:
        return self._fernet().encrypt(text.encode()).decode()

    def open(self, sealed: str) -> str:
        """What `close` was given; raises BadSeal."""
        try:
            return self._fernet().decrypt(sealed).decode()
        except InvalidToken:
            raise BadSeal("sealed with another secret") from None

    def _fernet(self) -> Fernet:
        return Fernet(base64.urlsafe_b64encode(self.key("seal")))
