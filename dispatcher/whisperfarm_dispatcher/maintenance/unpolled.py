"""Cancels jobs whose caller asked for that and has not polled them for too long."""

from whisperfarm_store import events
from whisperfarm_store.ledger import Ledger

MAX_MISSED_INTERVALS = 3
"""A longer time without a run does not count against callers: no dispatcher may have been alive."""


class UnpolledCancel:
    """Cancellation of jobs with `cancel_unless_polled_s`, every `interval_s` seconds."""

    def __init__(self, ledger: Ledger, *, interval_s: float) -> None:
        self._ledger = ledger
        self._max_step_s = MAX_MISSED_INTERVALS * interval_s

    def run_once(self) -> bool:
        """Cancel some jobs. Returns whether any was due, since there may be more."""
        cancelled = self._ledger.polls.cancel_unpolled(max_step_s=self._max_step_s)
        for job in cancelled:
            limit_s = job.policy.cancel_unless_polled_s
            events.job.unpolled.log(job=job.id, preset=job.preset, limit_s=limit_s)
        return bool(cancelled)
