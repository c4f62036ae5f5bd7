"""Stores the hub's transcript as a revision: the blob first, then the row that ends the forward."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from whisperfarm_contract.formats.json_formats import Json
from whisperfarm_contract.identifiers import revision_key
from whisperfarm_contract.problems import ClientError
from whisperfarm_contract.revisions.revision import MACHINE_NUMBER, RevisionKind
from whisperfarm_contract.transcript import from_wire
from whisperfarm_dispatcher.hub.requests import HubFailed
from whisperfarm_store.blobs import Blobs
from whisperfarm_store.ledger import Forward, Ledger, NewRevision


def store_revision(
    ledger: Ledger, blobs: Blobs, forward: Forward, document: Mapping[str, Any]
) -> bool:
    """Return whether the revision was inserted; another try may have done so.

    Raises `HubFailed` for an invalid transcript, and like `Forwards.succeed`.
    """
    try:
        content = Json().render(from_wire(document)).encode()
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise HubFailed(f"the hub's transcript is not valid: {error!r}") from None
    key = revision_key(forward.tenant, forward.job_id, f"hub-{forward.tries}")
    blobs.put(key, content)
    new = NewRevision(
        kind=RevisionKind.HUB,
        parent=MACHINE_NUMBER,
        author=f"hub:{forward.hub_job}",
        key=key,
        size_bytes=len(content),
        sha256=sha256(content).hexdigest(),
    )
    return _insert(ledger, blobs, forward, new)


def _insert(ledger: Ledger, blobs: Blobs, forward: Forward, new: NewRevision) -> bool:
    try:
        is_inserted = ledger.forwards.succeed(forward, new)
    except ClientError:
        # After any other error the revision may have been inserted, and then needs its blob.
        blobs.delete(new.key)
        raise
    if not is_inserted:
        blobs.delete(new.key)
    return is_inserted
