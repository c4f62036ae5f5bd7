"""Deletes audio, transcripts, jobs and idempotency keys after their retention period.

Safe to run in several dispatchers at once: deletion is idempotent.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from whisperfarm_contract.identifiers import checkpoints_prefix, results_prefix
from whisperfarm_contract.job import Job
from whisperfarm_store import events
from whisperfarm_store.blobs import Blobs
from whisperfarm_store.ledger import Ledger, Swept

AT_ONCE = 100
"""Most items of each kind that one run deletes."""

EVERY_S = 60.0

DAY_S = 86_400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Keep:
    """Retention periods in days after the end of a job; 0: forever."""

    audio_days: float
    results_days: float
    jobs_days: float
    idempotency_days: float

    def blobs_s(self) -> Mapping[Swept, float]:
        """Return the finite periods of blobs in seconds, at most the period of their job."""
        ages: dict[Swept, float] = {}
        for what, days in (("audio", self.audio_days), ("results", self.results_days)):
            bounds = [one * DAY_S for one in (days, self.jobs_days) if one > 0]
            if bounds:
                ages["audio" if what == "audio" else "results"] = min(bounds)
        return ages


class Retention:
    """Deletion of what is past its retention period."""

    def __init__(self, ledger: Ledger, blobs: Blobs, keep: Keep) -> None:
        self._ledger = ledger
        self._blobs = blobs
        self._keep = keep

    def run_once(self) -> bool:
        """Delete up to `AT_ONCE` items of each kind. Returns whether there may be more."""
        counts = [self._sweep(what, after_s) for what, after_s in self._keep.blobs_s().items()]
        counts += [self._forget_jobs(), self._forget_keys()]
        return max(counts) >= AT_ONCE

    def _sweep(self, what: Swept, after_s: float) -> int:
        due = self._ledger.expired(what, after_s=after_s, limit=AT_ONCE)
        for job in due:
            # Blobs first: if the process dies before the mark, the next run deletes them again.
            for key in _keys(self._blobs, job, what):
                self._blobs.delete(key)
            self._ledger.swept(what, job.id)
            events.job.artifacts_deleted.log(job=job.id, artifact=what)
        return len(due)

    def _forget_jobs(self) -> int:
        if self._keep.jobs_days <= 0:
            return 0
        count = self._ledger.forget(after_s=self._keep.jobs_days * DAY_S, limit=AT_ONCE)
        if count:
            events.job.purged.log(count=count)
        return count

    def _forget_keys(self) -> int:
        after_s = self._keep.idempotency_days * DAY_S
        return self._ledger.forget_keys(after_s=after_s, limit=AT_ONCE)


def _keys(blobs: Blobs, job: Job, what: Swept) -> list[str]:
    if what == "audio":
        return [job.audio.key]
    prefixes = (results_prefix(job.tenant, job.id), checkpoints_prefix(job.tenant, job.id))
    return [key for prefix in prefixes for key in blobs.keys(prefix)]
