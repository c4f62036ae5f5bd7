"""A key that is encrypted with the secret of a session, which only the browser has."""

from base64 import urlsafe_b64encode
from hashlib import sha256

from cryptography.fernet import Fernet, InvalidToken


def session_id(secret: str) -> str:
    """Return the id of the session of a secret, from which the secret cannot be computed."""
    return sha256(b"session-id:" + _bytes(secret)).hexdigest()


def seal(api_key: str, secret: str) -> str:
    """Return the encrypted key."""
    return _cipher(secret).encrypt(_bytes(api_key)).decode()


def unseal(sealed_key: str, secret: str) -> str | None:
    """Return the key, or `None` if it was not sealed with this secret."""
    try:
        return _cipher(secret).decrypt(sealed_key).decode("utf-8", "surrogateescape")
    except InvalidToken:
        return None


def _cipher(secret: str) -> Fernet:
    # The secret has 256 random bits: a slow hash would add nothing.
    return Fernet(urlsafe_b64encode(sha256(b"session-key:" + _bytes(secret)).digest()))


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
