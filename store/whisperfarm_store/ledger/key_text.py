"""The text of an API key, `wf_<id>_<secret>`, or of an upload token, `wfu_<id>_<secret>`.

The id finds the key's row and is not secret. The secret has 256 random bits, of which the ledger
keeps the SHA-256. A slow hash protects secrets that can be guessed. This one cannot, and a slow
hash would make each request slower and a flood of wrong keys expensive for the farm.
"""

import hmac
import re
import secrets
from dataclasses import dataclass, field
from hashlib import sha256

KEY, UPLOAD_TOKEN = "wf", "wfu"
_PATTERN = re.compile(r"(wfu?)_([0-9a-f]{12})_([A-Za-z0-9_-]{43})")


@dataclass(frozen=True, slots=True)
class KeyText:
    """The parts of an API key or an upload token, whose text begins with its `kind`."""

    id: str
    secret: str = field(repr=False)
    kind: str = KEY

    @property
    def text(self) -> str:
        """The key as callers send it."""
        return f"{self.kind}_{self.id}_{self.secret}"

    @property
    def digest(self) -> str:
        """The SHA-256 of the secret, in hexadecimal digits."""
        return sha256(self.secret.encode()).hexdigest()

    def has_digest(self, digest: str) -> bool:
        """Compare the digests in constant time."""
        return hmac.compare_digest(self.digest, digest)


def new_key_text(kind: str = KEY) -> KeyText:
    """Return a random key or upload token."""
    return KeyText(secrets.token_hex(6), secrets.token_urlsafe(32), kind)


def parse_key_text(text: str, kind: str = KEY) -> KeyText | None:
    """Return the parts of a key or upload token, or `None` if the text is not one of the ledger."""
    found = _PATTERN.fullmatch(text)
    return KeyText(found[2], found[3], kind) if found and found[1] == kind else None
