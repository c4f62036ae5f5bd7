"""One try of a forward: what came of it is recorded, and says when the next one may begin."""

import random
from collections.abc import Callable, Mapping
from typing import Any

from whisperfarm_contract.forwarding import ForwardState
from whisperfarm_contract.problems import FarmUnavailable
from whisperfarm_dispatcher.hub.pace import link_retry_s, retry_s
from whisperfarm_dispatcher.hub.requests import HubFailed, HubRefused
from whisperfarm_store import events
from whisperfarm_store.ledger import Forward, Ledger
from whisperfarm_store.ledger.forwards import updates
from whisperfarm_store.periodic import NextRun

Step = Callable[[Forward], float]
"""One step of a forward, which records its outcome. Returns the pause before the next step."""


class Tries:
    """Tries of one loop, which pauses after those that found the hub or the link unavailable."""

    def __init__(
        self,
        ledger: Ledger,
        *,
        interval_s: float,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._ledger = ledger
        self._interval_s = interval_s
        self._chance = chance
        self._failures_of_link = 0

    def run(self, forward: Forward, step: Step) -> NextRun | bool:
        """Run one step of a forward that is claimed. Returns when the loop runs again."""
        try:
            pause_s = step(forward)
        except HubRefused as refused:
            self._refused(forward, refused)
            pause_s = 0.0
        except HubFailed as failure:
            return self._failed(forward, failure)
        except FarmUnavailable:
            raise  # the ledger or the blobs of this farm; the claim ends with its lease
        except Exception:
            events.forward.error.log(job=forward.job_id)
            self._retry(forward, "the dispatcher failed to send the job; see its log")
            pause_s = 0.0
        self._failures_of_link = 0
        return NextRun(after_s=pause_s, within_s=pause_s) if pause_s else True

    def _refused(self, forward: Forward, refused: HubRefused) -> None:
        if forward.state is ForwardState.ERASING:
            self._retry(forward, f"the hub refused the deletion: {refused}")
        else:
            end_failed(self._ledger, forward, refused.problem)

    def _failed(self, forward: Forward, failure: HubFailed) -> NextRun:
        self._retry(forward, str(failure), requested_s=failure.requested_s)
        self._failures_of_link += 1
        pause_s = link_retry_s(self._interval_s, self._failures_of_link, chance=self._chance())
        pause_s = max(pause_s, failure.requested_s)
        return NextRun(after_s=pause_s, within_s=pause_s)

    def _retry(self, forward: Forward, error: str, *, requested_s: float = 0.0) -> None:
        failures = forward.failures + 1
        chance = self._chance()
        pause_s = retry_s(self._interval_s, failures, chance=chance, requested_s=requested_s)
        self._ledger.forwards.record(forward, updates.retried(error, retry_in_s=pause_s))
        events.forward.failed.log(
            job=forward.job_id, state=forward.state.value, error=error, retry_in_s=pause_s
        )


def end_failed(ledger: Ledger, forward: Forward, problem: Mapping[str, Any]) -> None:
    """End the forward for good, and keep why."""
    if ledger.forwards.record(forward, updates.ended(ForwardState.FAILED, problem)):
        name = str(problem.get("name") or problem.get("status"))
        events.forward.refused.log(job=forward.job_id, hub_job=forward.hub_job, problem=name)
