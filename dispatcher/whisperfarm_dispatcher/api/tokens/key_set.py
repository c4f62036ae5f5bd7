"""The keys that verify tokens. Each is bound to one algorithm.

The algorithm of a token never chooses how a key is used: a shared secret verifies HS256 alone, and
a public key never a token that was signed with the text of the key as its secret (RFC 8725, 2.1).
"""

import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from typing import Any, Protocol

from jwt import PyJWK, PyJWKSet
from jwt.exceptions import PyJWTError

SECRET_ALGORITHMS = frozenset({"HS256"})
PUBLIC_ALGORITHMS = frozenset({"RS256", "ES256", "EdDSA"})

MAX_JWKS_BYTES = 256 * 1024
"""Largest JWKS, in bytes."""


class KeySource(Protocol):
    """Where the keys come from. `algorithms` are all that its keys can have."""

    algorithms: frozenset[str]

    async def find(self, key_id: str | None) -> PyJWK | None:
        """Return the key with the id, or `None` if there is none.

        Without an id, return the only key, if there is only one. Raises `FarmUnavailable` if the
        keys were never available.
        """
        ...


class KeySet:
    """Keys by their ids."""

    def __init__(self, keys: tuple[PyJWK, ...]) -> None:
        self._keys = keys

    def __len__(self) -> int:
        return len(self._keys)

    def find(self, key_id: str | None) -> PyJWK | None:
        """Return the key with the id. Without an id, return the only key, if there is only one."""
        if key_id is None:
            return self._keys[0] if len(self._keys) == 1 else None
        return next((key for key in self._keys if key.key_id == key_id), None)


class SharedSecret:
    """A secret that the issuer shares with the farm. It verifies tokens with any id of a key."""

    algorithms = SECRET_ALGORITHMS

    def __init__(self, secret: bytes) -> None:
        encoded = urlsafe_b64encode(secret).rstrip(b"=").decode()
        self._key = PyJWK({"kty": "oct", "alg": "HS256", "k": encoded})

    async def find(self, _key_id: str | None) -> PyJWK:
        return self._key


def read_key_set(document: bytes) -> KeySet:
    """Return the keys of a JWKS that verify RS256, ES256 or EdDSA; others are left out.

    Raises `ValueError`, which repeats nothing of the document, if it is too large, is not a JWKS,
    or has no such key.
    """
    if len(document) > MAX_JWKS_BYTES:
        raise ValueError(f"a JWKS has at most {MAX_JWKS_BYTES} bytes")
    try:
        public = [one for one in _members(document) if _is_suitable(one)]
        keys = tuple(key for key in PyJWKSet(public) if _is_usable(key))
    except (ValueError, RecursionError, PyJWTError):
        keys = ()
    if not keys:
        raise ValueError(
            "not a JWKS with a public key for RS256 (2048 bits or more), ES256 or EdDSA"
        )
    return KeySet(keys)


def _members(document: bytes) -> list[Any]:
    parsed = json.loads(document)
    keys = parsed.get("keys") if isinstance(parsed, dict) else None
    return keys if isinstance(keys, list) else []


def _is_suitable(key: Any) -> bool:
    """Whether it is a public key that may verify signatures. A JWKS with a private key leaks it."""
    if not isinstance(key, Mapping) or "d" in key or "k" in key:
        return False
    may_sign = key.get("use", "sig") == "sig"
    return may_sign and key.get("alg") in (None, *PUBLIC_ALGORITHMS)


def _is_usable(key: PyJWK) -> bool:
    if key.algorithm_name not in PUBLIC_ALGORITHMS:
        return False
    return key.Algorithm.check_key_length(key.key) is None
