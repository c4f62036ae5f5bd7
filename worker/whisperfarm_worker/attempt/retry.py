"""What follows an attempt that ended with an error: the error as a problem, then the decision."""

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
    """Decide about an attempt at `job` that ended with `error`; `chance`, 0 to 1, is for jitter."""
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
            # The ledger takes this once it is available again: there is nothing to wait for then.
            return Snooze(FarmUnavailable("the ledger did not answer for a whole lease"), 0.0)
        case _:
            return Requeue()


def _unexpected(error: BaseException) -> Problem:
    if is_out_of_memory(error):
        return EngineFailed(f"the worker ran out of memory: {describe_error(error)}")
    return EngineFailed(f"the worker failed: {describe_error(error)}")
