"""Sends recordings to the hub, chunk by chunk, the oldest first."""

import time
from collections.abc import Callable
from datetime import UTC, datetime

from whisperfarm_contract.forwarding import ForwardState
from whisperfarm_contract.job import Job
from whisperfarm_contract.problems import RecordingExpired
from whisperfarm_contract.states import JobState
from whisperfarm_dispatcher.hub.farm import HubFarm
from whisperfarm_dispatcher.hub.hours import Hours
from whisperfarm_dispatcher.hub.pace import Pace
from whisperfarm_dispatcher.hub.requests import HubFailed
from whisperfarm_dispatcher.hub.tries import Tries, end_failed
from whisperfarm_store import events
from whisperfarm_store.blobs import BlobDamaged, BlobNotFound, Blobs
from whisperfarm_store.ledger import Forward, Ledger
from whisperfarm_store.ledger.forwards import updates
from whisperfarm_store.periodic import NextRun

MAX_WAIT_S = 60.0
"""Longest pause before the hours are looked at again: clocks and zones change."""


class Uploads:
    """Forwards that wait. One run sends one chunk."""

    def __init__(
        self,
        ledger: Ledger,
        blobs: Blobs,
        farm: HubFarm,
        tries: Tries,
        *,
        pace: Pace,
        hours: Hours | None,
        lease_s: float,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._ledger, self._blobs, self._farm = ledger, blobs, farm
        self._tries, self._pace, self._hours = tries, pace, hours
        self._lease_s = lease_s
        self._now = now

    def run_once(self) -> NextRun | bool:
        """Send the next chunk, if there is one, and if it is time."""
        wait_s = 0.0 if self._hours is None else self._hours.wait_s(self._now())
        if wait_s:
            return NextRun(within_s=min(wait_s, MAX_WAIT_S))
        forward = self._ledger.forwards.claim([ForwardState.WAITING], lease_s=self._lease_s)
        return False if forward is None else self._tries.run(forward, self._send)

    def _send(self, forward: Forward) -> float:
        job = self._ledger.jobs.get(forward.job_id)
        if job.state is not JobState.SUCCEEDED:
            self._ledger.forwards.record(forward, updates.ended(ForwardState.CANCELLED))
            return 0.0
        offset = forward.sent_bytes
        if offset in (0, job.audio.size_bytes):
            answer = self._farm.submit(job)
            if isinstance(answer, str):
                self._accept(forward, job, answer)
                return 0.0
            offset = answer
        return self._send_chunk(forward, job, offset)

    def _accept(self, forward: Forward, job: Job, hub_job: str) -> None:
        hub = self._farm.hub.host
        if self._ledger.forwards.record_accepted(
            forward, hub=hub, hub_job=hub_job, sent_bytes=job.audio.size_bytes
        ):
            events.forward.accepted.log(job=job.id, hub_job=hub_job)

    def _send_chunk(self, forward: Forward, job: Job, offset: int) -> float:
        try:
            chunk = self._read(job, offset)
        except BlobNotFound:
            detail = f"the recording of job {job.id} was deleted before it was sent"
            end_failed(self._ledger, forward, RecordingExpired(detail).to_wire())
            return 0.0
        except BlobDamaged as problem:
            end_failed(self._ledger, forward, problem.to_wire())
            return 0.0
        if not chunk:
            raise HubFailed("the hub has more of the recording than there is")
        started_at = time.monotonic()
        try:
            end = self._farm.append(job, offset, chunk)
        except HubFailed:
            self._pace.failed()
            raise
        took_s = time.monotonic() - started_at
        self._ledger.forwards.record(forward, updates.progressed(sent_bytes=end))
        events.forward.progressed.log(job=job.id, sent_bytes=end, chunk_bytes=len(chunk))
        return self._pace.sent(len(chunk), took_s=took_s)

    def _read(self, job: Job, offset: int) -> bytes:
        with self._blobs.open(job.audio.key) as file:
            file.seek(offset)
            return file.read(self._pace.chunk_bytes)
