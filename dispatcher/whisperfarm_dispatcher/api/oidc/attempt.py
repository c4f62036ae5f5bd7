"""One sign-in at the provider. State, nonce and PKCE verifier follow from the secret of a cookie.

The browser alone has the secret, so that an answer of the provider is accepted in the browser that
asked for it, and the farm stores nothing about people who have not signed in.
"""

import secrets
from base64 import urlsafe_b64encode
from hashlib import sha256
from hmac import compare_digest

SECRET_BYTES = 32


class Attempt:
    """What is sent to the provider, and compared with its answer. `target` is the page to open."""

    def __init__(self, secret: str, target: str) -> None:
        self.secret = secret
        self.target = target

    @classmethod
    def begin(cls, target: str) -> "Attempt":
        """Return a new one."""
        return cls(secrets.token_urlsafe(SECRET_BYTES), target)

    @property
    def state(self) -> str:
        """What the provider returns unchanged: a proof of the secret, and the target."""
        return f"{self._derived(f'state:{self.target}')}.{self.target}"

    @property
    def nonce(self) -> str:
        """What the ID token must contain."""
        return self._derived("nonce")

    @property
    def verifier(self) -> str:
        """The PKCE verifier (RFC 7636), which is sent with the code."""
        return self._derived("verifier")

    @property
    def challenge(self) -> str:
        """The PKCE challenge, which is sent before."""
        return _encoded(self.verifier)

    def _derived(self, purpose: str) -> str:
        return _encoded(f"oidc-{purpose}:{self.secret}")


def read_attempt(secret: str, state: str) -> Attempt | None:
    """Return the attempt that the state belongs to, or `None` if it is another browser's.

    An empty secret, of a browser without the cookie, belongs to none: others know it too, and
    could sign the person in as themselves.
    """
    if not secret:
        return None
    attempt = Attempt(secret, state.partition(".")[2])
    is_own = compare_digest(_bytes(attempt.state), _bytes(state))
    return attempt if is_own else None


def _encoded(text: str) -> str:
    digest = sha256(_bytes(text)).digest()
    return urlsafe_b64encode(digest).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
