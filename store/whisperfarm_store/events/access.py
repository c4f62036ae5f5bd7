"""Requests that were refused because of their API key."""

from enum import StrEnum
from logging import INFO

from whisperfarm_store.events.event import DISPATCHER, event


class RefusalReason(StrEnum):
    """Why the API key of a request was refused."""

    MISSING = "missing"
    IN_ADDRESS = "in_address"
    UNKNOWN = "unknown"
    EXPIRED = "expired"
    REVOKED = "revoked"
    DENIED = "denied"


@event(INFO, DISPATCHER)
def refused(*, reason: str, key: str, tenant: str) -> None:
    """A request was refused because of its key, or because the key's permissions `denied` it. `key`
    is the id of a key of the ledger, empty for any other; `tenant` is that of a known key."""
