"""Makes an approved revision. It has the blob of the revision that it approves."""

from hashlib import sha256

from whisperfarm_contract.job import Job
from whisperfarm_contract.revisions.correction import Remark
from whisperfarm_contract.revisions.revision import Revision, RevisionKind, get_revision
from whisperfarm_dispatcher.revisions.remark import mask_remark
from whisperfarm_store.blobs import Blobs
from whisperfarm_store.ledger import Ledger, NewRevision
from whisperfarm_store.redaction.kinds import KINDS, Kinds
from whisperfarm_store.redaction.originals import kinds_to_destroy


def approve(
    ledger: Ledger,
    blobs: Blobs,
    job: Job,
    number: int,
    *,
    author: str,
    remark: Remark,
    known_kinds: Kinds = KINDS,
) -> Revision:
    """Approve a revision, and return the approved one; an approved one is returned unchanged.

    Raises `RevisionNotFound`, and `RevisionConflict` if the revision has been corrected since, or
    approved by another author.
    """
    approved = get_revision(ledger.revisions.list(job), number)
    if approved.kind is RevisionKind.APPROVED:
        return approved
    remark = mask_remark(remark, kinds_to_destroy(job.options, known_kinds))
    size_bytes, digest = _content_of(blobs, approved)
    new = NewRevision(
        kind=RevisionKind.APPROVED,
        parent=number,
        author=author,
        key=approved.key,
        size_bytes=size_bytes,
        sha256=digest,
        note=remark.note,
        tags=remark.tags,
    )
    return ledger.revisions.insert(job.id, new, tenant=job.tenant)


def _content_of(blobs: Blobs, revision: Revision) -> tuple[int, str]:
    """Return the size and digest of the transcript, by which the approval can be proved."""
    if revision.size_bytes is not None and revision.sha256 is not None:
        return revision.size_bytes, revision.sha256
    with blobs.open(revision.key) as file:
        content = file.read()
    return len(content), sha256(content).hexdigest()
