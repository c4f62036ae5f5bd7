"""Decides what follows an attempt that ended with an error."""

from whisperfarm_contract.attempt_decision import (
    Abandon,
    Cancel,
    Decision,
    Fail,
    Requeue,
    Snooze,
    after_problem,
    deadline_exceeded,
)
from whisperfarm_contract.job import Job
from whisperfarm_contract.problems import EngineFailed, FarmUnavailable, Problem
from whisperfarm_worker.attempt.monitor import (
    Cancelled,
    DeadlineReached,
    LeaseExpired,
    LeaseLost,
    StopAttempt,
)
from whisperfarm_worker.engines.errors import describe_error, is_out_of_memory


def decide(error: BaseException, job: Job, *, chance: float) -> Decision:
    """Decide about an attempt that ended with `error`. `chance` is a random number, 0 to 1."""
    match error:
        case StopAttempt():
            return _when_stopped(error, job)
        case Problem():
            return after_problem(error, job, chance=chance)
        case _:
            return after_problem(_unexpected(error), job, chance=chance)


def _when_stopped(reason: StopAttempt, job: Job) -> Decision:
    match reason:
        case Cancelled():
            return Cancel()
        case DeadlineReached():
            return Fail(deadline_exceeded(job))
        case LeaseLost():
            return Abandon()
        case LeaseExpired():
            # No delay: the ledger cannot store this before it is available again.
            return Snooze(
                FarmUnavailable("the ledger was unavailable until the lease expired"), 0.0
            )
        case _:
            return Requeue()


def _unexpected(error: BaseException) -> Problem:
    if is_out_of_memory(error):
        return EngineFailed(f"the worker ran out of memory: {describe_error(error)}")
    return EngineFailed(f"the worker failed: {describe_error(error)}")
