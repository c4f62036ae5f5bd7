"""Stores a corrected transcript as another revision. What it was made from is never changed."""

import json
import uuid
from collections.abc import Callable
from hashlib import sha256

from whisperfarm_contract.formats.json_formats import Json
from whisperfarm_contract.identifiers import revision_key
from whisperfarm_contract.job import Job
from whisperfarm_contract.problems import ClientError, StorageFull
from whisperfarm_contract.revisions.correction import Correction
from whisperfarm_contract.revisions.revision import (
    Revision,
    RevisionKind,
    follower,
    get_revision,
)
from whisperfarm_contract.transcript import from_wire
from whisperfarm_dispatcher.revisions.remark import mask_remark
from whisperfarm_store.blobs import Blobs
from whisperfarm_store.ledger import Ledger, NewRevision
from whisperfarm_store.redaction.kinds import KINDS, Kinds
from whisperfarm_store.redaction.originals import kinds_to_destroy
from whisperfarm_store.redaction.view import redact


def correct(
    ledger: Ledger,
    blobs: Blobs,
    job: Job,
    correction: Correction,
    *,
    author: str,
    known_kinds: Kinds = KINDS,
    new_id: Callable[[], str] = lambda: uuid.uuid4().hex,
) -> Revision:
    """Apply the correction to its parent, and return the revision that has the outcome.

    If the job has its originals destroyed, data of its kinds is masked before anything is stored.
    If the same author has sent the same correction before, that revision is returned. Raises
    `InvalidCorrection`, `RevisionNotFound`, `RevisionConflict`, and what reading the parent raises.
    """
    known = ledger.revisions.list(job)
    kinds = kinds_to_destroy(job.options, known_kinds)
    content = _corrected(blobs, get_revision(known, correction.parent), correction, kinds)
    remark = mask_remark(correction.remark, kinds)
    key = revision_key(job.tenant, job.id, new_id())
    new = NewRevision(
        kind=RevisionKind.CORRECTED,
        parent=correction.parent,
        author=author,
        key=key,
        size_bytes=len(content),
        sha256=sha256(content).hexdigest(),
        note=remark.note,
        tags=remark.tags,
    )
    if follower(known, correction.parent) is None:  # otherwise the ledger inserts nothing
        blobs.put(key, content)
    return _insert(ledger, blobs, job, new)


def _corrected(blobs: Blobs, parent: Revision, correction: Correction, kinds: Kinds) -> bytes:
    with blobs.open(parent.key) as file:
        transcript = from_wire(json.load(file))
    corrected = correction.apply(transcript)
    return Json().render(redact(corrected, kinds) if kinds else corrected).encode()


def _insert(ledger: Ledger, blobs: Blobs, job: Job, new: NewRevision) -> Revision:
    try:
        inserted = ledger.revisions.insert(job.id, new, tenant=job.tenant)
    except (ClientError, StorageFull):
        # After any other error the revision may have been inserted, and then needs its blob.
        blobs.delete(new.key)
        raise
    if inserted.key != new.key:
        blobs.delete(new.key)
    return inserted
