"""Requests that were refused because of their key or token, and the keys that verify tokens."""

from enum import StrEnum
from logging import INFO, WARNING

from whisperfarm_store.events.event import DISPATCHER, event


class RefusalReason(StrEnum):
    """Why the API key, the token or the client certificate of a request was refused.

    `SIGNATURE` stands for any token that no key of its issuer has signed, and for a certificate
    that a proxy did not verify. `PROXY`: another address than that of a proxy sent one in a header.
    `PROVIDER`: the identity provider did not confirm a sign-in.
    """

    MISSING = "missing"
    IN_ADDRESS = "in_address"
    UNKNOWN = "unknown"
    EXPIRED = "expired"
    REVOKED = "revoked"
    DENIED = "denied"
    MALFORMED = "malformed"
    SIGNATURE = "signature"
    NOT_YET_VALID = "not_yet_valid"
    ISSUER = "issuer"
    AUDIENCE = "audience"
    CLAIMS = "claims"
    CROSS_SITE = "cross_site"
    SESSION = "session"
    USED = "used"
    CERTIFICATE = "certificate"
    PROXY = "proxy"
    PROVIDER = "provider"


@event(INFO, DISPATCHER)
def refused(*, reason: str, key: str, tenant: str) -> None:
    """A request was refused because of its key or token, or because its permissions `denied` it.
    `key` is the id of a key of the ledger, `token-` with a hash of a token's issuer and subject, or
    `cert-` with one of a certificate's name, and is empty for any other; `tenant` is that of a
    known key."""


@event(INFO, DISPATCHER)
def token_keys_loaded(*, keys: int) -> None:
    """The keys that verify tokens were read: for the first time from an address, after a failure,
    or from a file that has changed."""


@event(WARNING, DISPATCHER)
def token_keys_unavailable(*, error: str) -> None:
    """The keys that verify tokens cannot be read, and the last ones stay in use; logged once."""


@event(WARNING, DISPATCHER)
def provider_unavailable(*, error: str) -> None:
    """The identity provider, or the farm's secret for it, cannot be read: people cannot sign in
    there, or its last known addresses stay in use."""
