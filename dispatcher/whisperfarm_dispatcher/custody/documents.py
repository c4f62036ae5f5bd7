"""The chain of a job as a signed document, and signed roots."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from whisperfarm_contract.custody import custody_document
from whisperfarm_dispatcher.custody.keys import read_signing_key
from whisperfarm_store import events
from whisperfarm_store.ledger import Custody

Document = dict[str, Any]
Sign = Callable[[Document], Document]


def signer(key_file: Path | None) -> Sign:
    """Return the function that signs documents, or leaves them as they are without a key.

    Raises `InvalidSettings`.
    """
    return (lambda document: document) if key_file is None else read_signing_key(key_file).sign


def job_document(custody: Custody, job_id: str, *, tenant: str, sign: Sign) -> Document:
    """Return the chain of a job. Raises like `Custody.get`."""
    chain = custody.get(job_id, tenant=tenant)
    document = custody_document(
        chain.job,
        chain.tenant,
        issued_at=chain.read_at,
        entries=chain.entries,
        openings=chain.openings,
    )
    return sign(document)


def make_root(custody: Custody, sign: Sign) -> Document | None:
    """Make a root over chains that have grown, and return it; `None` if none have."""
    root = custody.roots.make(sign)
    if root is not None:
        events.custody.root_made.log(
            number=root["number"], chains=root["chains"], signed=root["signature"] is not None
        )
    return root
