"""Signatures of callbacks, as Standard Webhooks has them (https://www.standardwebhooks.com)."""

import base64
import binascii
import hmac
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256

PREFIX = "whsec_"
_LEAST_BYTES, _MOST_BYTES = 24, 64


@dataclass(frozen=True, slots=True)
class Secret:
    """What the farm and one receiver know, and nobody else."""

    key: bytes = field(repr=False)


def read_secret(text: str) -> Secret:
    """The secret that is written `whsec_<base64>`. `ValueError` never tells any of it."""
    if not text.startswith(PREFIX):
        raise ValueError(f"a secret begins with {PREFIX}")
    try:
        key = base64.b64decode(text.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        raise ValueError(f"what follows {PREFIX} is no base64") from None
    if not _LEAST_BYTES <= len(key) <= _MOST_BYTES:
        raise ValueError(f"a secret has {_LEAST_BYTES} to {_MOST_BYTES} bytes, not {len(key)}")
    return Secret(key)


def headers(
    secrets: Iterable[Secret], *, message_id: str, timestamp_s: int, body: bytes
) -> dict[str, str]:
    """The headers that prove who sends `body`: one signature for each secret, so that keys rotate.

    `message_id` stays the same for every try, `timestamp_s` is the time of this one.
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
