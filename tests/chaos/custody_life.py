"""The life of one job with a chain of custody, from its submission to the deletion of its row."""

from pathlib import Path

from tests.chaos import injection
from tests.chaos.points import POINTS
from tests.support.jobs import TENANT, new_job
from whisperfarm_contract.identifiers import results_prefix
from whisperfarm_contract.problems import EngineFailed
from whisperfarm_contract.revisions.revision import RevisionKind
from whisperfarm_dispatcher.maintenance.erasure import erase
from whisperfarm_store.blobs import FolderBlobs
from whisperfarm_store.ledger import Ledger, NewRevision, open_ledger

JOB, REASON = "job-1", "request 7"
RESULT_KEY = f"{results_prefix(TENANT, JOB)}1.json"
BLOBS = (new_job(JOB).audio.key, RESULT_KEY)

KINDS = (
    *("accepted", "started", "requeued", "started", "succeeded", "revised"),
    *("held", "released", "erased", "deleted", "deleted", "deleted"),
)
"""The kinds of the entries, in order; each is written in a transaction of its own."""


def live_and_die(url: str, folder: Path, point: str, nth: int, crash_file: Path) -> None:
    """Live the life in this process, which is killed at the point."""
    injection.arm(point, POINTS[point], nth=nth, crash_file=crash_file)
    live(open_ledger(url, custody=True), FolderBlobs(folder))


def live(ledger: Ledger, blobs: FolderBlobs) -> None:
    ledger.jobs.insert(new_job(JOB))
    for attempt in (1, 2):
        ledger.attempts.claim(JOB, worker="w", lease_s=600)
        if attempt == 1:
            ledger.attempts.requeue(JOB, attempt=1, problem=EngineFailed(), counts=True)
    ledger.attempts.succeed(
        JOB, attempt=2, result_key=RESULT_KEY, audio_s=1.0, result_sha256="ab" * 32
    )
    ledger.revisions.insert(JOB, _correction(), tenant=TENANT)
    ledger.holds.set(JOB, tenant=TENANT, reason="case 7")
    ledger.holds.lift(JOB, tenant=TENANT, reason="closed")
    ledger.custody.erase(JOB)
    erase(ledger, blobs, JOB, tenant=TENANT, reason=REASON)
    ledger.retention.delete_jobs(after_s=-60, limit=9)


def _correction() -> NewRevision:
    return NewRevision(
        kind=RevisionKind.CORRECTED,
        parent=1,
        author="key:ada",
        key=f"{results_prefix(TENANT, JOB)}2.json",
        size_bytes=2,
        sha256="cd" * 32,
    )
