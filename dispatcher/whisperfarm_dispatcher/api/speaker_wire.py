"""An enrolled voice as the API answers it."""

from dataclasses import asdict
from typing import Any

from whisperfarm_contract.job import to_rfc3339
from whisperfarm_store.ledger import Speaker


def to_wire(speaker: Speaker) -> dict[str, Any]:
    """Return the voice as JSON, without its embedding."""
    times = {name: to_rfc3339(getattr(speaker, name)) for name in ("enrolled_at", "expires_at")}
    return {**asdict(speaker), **times}
