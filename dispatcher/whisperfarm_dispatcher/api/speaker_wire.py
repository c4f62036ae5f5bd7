"""What the API takes to enrol a voice, and an enrolled voice as it answers it."""

import time
from dataclasses import asdict
from typing import Any

from whisperfarm_contract.enrolment import Enrolment, read_enrolment
from whisperfarm_contract.field_types import JsonObject
from whisperfarm_contract.job import to_rfc3339
from whisperfarm_contract.problems import ClientError
from whisperfarm_store.ledger import Speaker

MAX_BODY_BYTES = 16 << 10
_BODY = JsonObject(max_bytes=MAX_BODY_BYTES, max_depth=2)


def from_text(text: str) -> Enrolment:
    """Read an enrolment from JSON. Raises `ClientError`, `InvalidOption` or `UnknownOption`."""
    try:
        raw = _BODY.read(text or "{}")
    except ValueError as error:
        raise ClientError(f"the body is not valid: {error}") from None
    return read_enrolment(raw, now_s=time.time())


def to_wire(speaker: Speaker) -> dict[str, Any]:
    """Return the voice as JSON, without its embedding."""
    times = {name: to_rfc3339(getattr(speaker, name)) for name in ("enrolled_at", "expires_at")}
    return {**asdict(speaker), **times}
