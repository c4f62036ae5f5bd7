"""Asks for the hub's jobs, takes their transcripts, and has the hub delete what is erased here."""

from whisperfarm_contract.forwarding import ForwardState
from whisperfarm_contract.problems import ClientError, JobCancelled, JobNotFound
from whisperfarm_contract.states import FINAL_STATES, JobState
from whisperfarm_dispatcher.hub.farm import HubFarm
from whisperfarm_dispatcher.hub.pace import poll_s
from whisperfarm_dispatcher.hub.revision import store_revision
from whisperfarm_dispatcher.hub.tries import Tries, end_failed
from whisperfarm_store import events
from whisperfarm_store.blobs import Blobs
from whisperfarm_store.ledger import Forward, Ledger
from whisperfarm_store.ledger.forwards import updates
from whisperfarm_store.periodic import NextRun


class Results:
    """Forwards that the hub has. One run asks for one."""

    def __init__(
        self,
        ledger: Ledger,
        blobs: Blobs,
        farm: HubFarm,
        tries: Tries,
        *,
        interval_s: float,
        lease_s: float,
    ) -> None:
        self._ledger, self._blobs, self._farm = ledger, blobs, farm
        self._tries, self._interval_s, self._lease_s = tries, interval_s, lease_s

    def run_once(self) -> NextRun | bool:
        """Ask for the next job that is due, if there is one."""
        states = (ForwardState.SENT, ForwardState.ERASING)
        forward = self._ledger.forwards.claim(states, lease_s=self._lease_s)
        if forward is None:
            return False
        is_erasing = forward.state is ForwardState.ERASING
        return self._tries.run(forward, self._erase if is_erasing else self._ask)

    def _ask(self, forward: Forward) -> float:
        hub_job = forward.hub_job or ""
        found = self._farm.job(hub_job)
        if found.get("state") not in FINAL_STATES:
            retry_in_s = poll_s(self._interval_s, forward.sent_for_s or 0.0)
            self._ledger.forwards.record(forward, updates.postponed(retry_in_s=retry_in_s))
        elif found.get("state") == JobState.SUCCEEDED:
            self._take(forward, hub_job)
        else:
            problem = found.get("problem") or JobCancelled("the hub cancelled its job").to_wire()
            end_failed(self._ledger, forward, problem)
        return 0.0

    def _take(self, forward: Forward, hub_job: str) -> None:
        document = self._farm.result(hub_job)
        try:
            if store_revision(self._ledger, self._blobs, forward, document):
                events.forward.succeeded.log(job=forward.job_id, hub_job=hub_job)
        except JobNotFound:
            return  # deleted here in the meantime
        except ClientError as problem:
            end_failed(self._ledger, forward, problem.to_wire())

    def _erase(self, forward: Forward) -> float:
        hub_job = self._farm.erase(forward.job_id, forward.hub_job)
        hub = self._farm.hub.host
        if self._ledger.forwards.record_erased(forward, hub=hub, hub_job=hub_job):
            events.forward.erased.log(job=forward.job_id, hub_job=hub_job)
        return 0.0
