"""Deleting what is kept no longer. Several dispatchers may do it at once: nothing is done twice
that matters, since deleting what is gone is fine."""

from collections.abc import Mapping
from dataclasses import dataclass

from whisperfarm_contract.identifiers import checkpoints_prefix, results_prefix
from whisperfarm_contract.job import Job
from whisperfarm_store import events
from whisperfarm_store.blobs import Blobs
from whisperfarm_store.ledger import Ledger, Swept

AT_ONCE = 100
"""How many jobs one round looks at, of each kind."""

EVERY_S = 60.0

DAY_S = 86_400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Keep:
    """For how many days things are kept after a job has ended; 0: for ever."""

    audio_days: float
    results_days: float
    jobs_days: float
    idempotency_days: float

    def blobs_s(self) -> Mapping[Swept, float]:
        """In seconds, where there is an end: a job that is forgotten takes its blobs along."""
        ages: dict[Swept, float] = {}
        for what, days in (("audio", self.audio_days), ("results", self.results_days)):
            bounds = [one * DAY_S for one in (days, self.jobs_days) if one > 0]
            if bounds:
                ages["audio" if what == "audio" else "results"] = min(bounds)
        return ages


class Retention:
    """One round deletes some of what is due."""

    def __init__(self, ledger: Ledger, blobs: Blobs, keep: Keep) -> None:
        self._ledger = ledger
        self._blobs = blobs
        self._keep = keep

    def run_once(self) -> bool:
        """Delete up to a hundred of each kind; whether there may be more."""
        counts = [self._sweep(what, after_s) for what, after_s in self._keep.blobs_s().items()]
        counts += [self._forget_jobs(), self._forget_keys()]
        return max(counts) >= AT_ONCE

    def _sweep(self, what: Swept, after_s: float) -> int:
        due = self._ledger.expired(what, after_s=after_s, limit=AT_ONCE)
        for job in due:
            # First the blobs: whoever is killed in between deletes them once more.
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
