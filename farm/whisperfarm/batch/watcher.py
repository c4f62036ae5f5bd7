"""Finds the jobs of the batch that have ended, with a few requests for all of them."""

import threading
import time
from dataclasses import dataclass, field

from whisperfarm.batch.farms import Farms
from whisperfarm.batch.manifest import Row
from whisperfarm.remote.job_options import BATCH
from whisperfarm_client.farm_documents import Job
from whisperfarm_contract.problems import JobNotFound
from whisperfarm_contract.states import FINAL_STATES

MAX_SINGLE = 20
"""Most jobs that are asked for one by one in each round."""

MIN_PAUSE_S, MAX_PAUSE_S = 0.5, 5.0
_PAUSE_RATIO = 10
"""The pause after a round is this many times as long as the round took: rounds over many jobs do
not keep the farm busy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """A recording whose job has ended. `job` is `None` if the farm does not know it any more."""

    row: Row
    job: Job | None


@dataclass(slots=True, kw_only=True)
class Watcher:
    """The unfinished jobs of the batch `batch_id`."""

    farms: Farms
    batch_id: str
    pause_s: float = MIN_PAUSE_S
    _unfinished: dict[str, Row] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, row: Row) -> None:
        """Watch the job of a row that is `submitted`."""
        with self._lock:
            self._unfinished[row.job_id or ""] = row

    def ended(self) -> list[Ended]:
        """Return the jobs that have ended since the last call, and set `pause_s`.

        Lists as many of the batch's newest jobs as are unfinished, and asks one by one for some of
        those that are not among them.
        """
        started = time.monotonic()
        with self._lock:
            asked = dict(self._unfinished)
        ended = [*self._listed(asked), *self._single(asked)]
        took_s = time.monotonic() - started
        self.pause_s = min(max(MIN_PAUSE_S, _PAUSE_RATIO * took_s), MAX_PAUSE_S)
        return ended

    def _listed(self, asked: dict[str, Row]) -> list[Ended]:
        """Return the ended ones of the list; remove all that are in it from `asked`."""
        if len(asked) <= MAX_SINGLE // 4:
            return []
        jobs = self.farms.current().jobs({BATCH: self.batch_id}, limit=len(asked))
        listed = [(asked.pop(job["id"]), job) for job in jobs if job["id"] in asked]
        return [self._end(row, job) for row, job in listed if job["state"] in FINAL_STATES]

    def _single(self, asked: dict[str, Row]) -> list[Ended]:
        found = []
        for job_id, row in list(asked.items())[:MAX_SINGLE]:
            job = self._job(job_id)
            if job is None or job["state"] in FINAL_STATES:
                found.append(self._end(row, job))
            else:
                self._ask_last(job_id)
        return found

    def _job(self, job_id: str) -> Job | None:
        try:
            return self.farms.current().job(job_id)
        except JobNotFound:
            return None

    def _end(self, row: Row, job: Job | None) -> Ended:
        with self._lock:
            del self._unfinished[row.job_id or ""]
        return Ended(row=row, job=job)

    def _ask_last(self, job_id: str) -> None:
        with self._lock:
            self._unfinished[job_id] = self._unfinished.pop(job_id)
