"""Signatures of callbacks according to Standard Webhooks (https://www.standardwebhooks.com)."""

import base64
import binascii
import hmac
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256

PREFIX = "whsec_"
_MIN_BYTES, _MAX_BYTES = 24, 64


@dataclass(frozen=True, slots=True)
class Secret:
    """A signing key that the farm shares with one receiver of callbacks."""

    key: bytes = field(repr=False)


def read_secret(text: str) -> Secret:
    """Read a secret in the form `whsec_<base64>`.

    Raises `ValueError` if it is invalid; the message never contains a part of it.
    """
    if not text.startswith(PREFIX):
        raise ValueError(f"a secret must start with {PREFIX}")
    try:
        key = base64.b64decode(text.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        raise ValueError(f"the text after {PREFIX} is not valid base64") from None
    if not _MIN_BYTES <= len(key) <= _MAX_BYTES:
        raise ValueError(f"the secret has {len(key)} bytes; use {_MIN_BYTES} to {_MAX_BYTES} bytes")
    return Secret(key)


def headers(
    secrets: Iterable[Secret], *, message_id: str, timestamp_s: int, body: bytes
) -> dict[str, str]:
    """Return the headers that sign `body`, with one signature per secret for key rotation.

    `message_id` is the same for every delivery attempt of an event. `timestamp_s` is the time of
    this delivery attempt.
    """
    signed = f"{message_id}.{timestamp_s}.".encode() + body
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp_s),
        "webhook-signature": " ".join(_signature(secret, signed) for secret in secrets),
    }


def _signature(secret: Secret, signed: bytes) -> str:
    digest = hmac.new(secret.key, signed, sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"
