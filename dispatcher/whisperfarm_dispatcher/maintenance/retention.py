"""Deletes audio, transcripts, jobs and idempotency keys after their retention period, and voices
that have expired.

Safe to run in several dispatchers at once: deletion is idempotent.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from whisperfarm_store import events
from whisperfarm_store.blobs import Blobs
from whisperfarm_store.deletion import delete_blobs
from whisperfarm_store.ledger import ARTIFACTS, Artifact, Ledger

BATCH_SIZE = 100
"""Most items of each kind that one run deletes."""

INTERVAL_S = 60.0

DAY_S = 86_400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionPolicy:
    """Retention periods in days after the end of a job; 0: forever."""

    audio_days: float
    results_days: float
    jobs_days: float
    idempotency_days: float

    def blob_ages_s(self) -> Mapping[Artifact, float]:
        """Return the finite periods of blobs in seconds, at most the period of their job."""
        ages: dict[Artifact, float] = {}
        for what, days in (("audio", self.audio_days), ("results", self.results_days)):
            limits_s = [one * DAY_S for one in (days, self.jobs_days) if one > 0]
            if limits_s:
                ages["audio" if what == "audio" else "results"] = min(limits_s)
        return ages


class Retention:
    """Deletion of what is past its retention period."""

    def __init__(self, ledger: Ledger, blobs: Blobs, policy: RetentionPolicy) -> None:
        self._ledger = ledger
        self._blobs = blobs
        self._policy = policy

    def run_once(self) -> bool:
        """Delete up to `BATCH_SIZE` items of each kind. Returns whether there may be more."""
        # Voices need no blobs, which may be unavailable.
        counts = [self._erase_voices(), *(self._delete_blobs(what) for what in ARTIFACTS)]
        for what, job in self._ledger.erasures.list(limit=BATCH_SIZE):  # which a crash interrupted
            delete_blobs(self._ledger, self._blobs, job, what)
        counts += [self._delete_jobs(), self._delete_keys()]
        return max(counts) >= BATCH_SIZE

    def _delete_blobs(self, what: Artifact) -> int:
        """Delete the blobs of this kind whose own days, or those of the farm, are over."""
        due = self._ledger.retention.list_expired(what, limit=BATCH_SIZE)
        after_s = self._policy.blob_ages_s().get(what)
        if after_s is not None:
            due += self._ledger.retention.list_due(what, after_s=after_s, limit=BATCH_SIZE)
        for job in due:
            if self._ledger.erasures.begin(what, job.id):
                delete_blobs(self._ledger, self._blobs, job, what)
        return len(due)

    def _delete_jobs(self) -> int:
        if self._policy.jobs_days <= 0:
            return 0
        count = self._ledger.retention.delete_jobs(
            after_s=self._policy.jobs_days * DAY_S, limit=BATCH_SIZE
        )
        if count:
            events.job.purged.log(count=count)
        return count

    def _erase_voices(self) -> int:
        return self._ledger.speakers.erase_expired(limit=BATCH_SIZE)

    def _delete_keys(self) -> int:
        after_s = self._policy.idempotency_days * DAY_S
        return self._ledger.retention.delete_keys(after_s=after_s, limit=BATCH_SIZE)
