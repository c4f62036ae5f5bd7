"""What becomes of an attempt that ended with an error: decided here, done in `settle`."""

from dataclasses import dataclass

from whisperfarm_contract.problems import (
    BadRequest,
    DeadlinePassed,
    EngineFailed,
    Problem,
    TryLater,
)
from whisperfarm_worker.attempt.monitor import Cancelled, Late, Lost, Stop
from whisperfarm_worker.engines.errors import in_words, is_memory


@dataclass(frozen=True, slots=True)
class Fail:
    """The recording or the request is at fault, or it is too late: nobody tries again."""

    problem: Problem


@dataclass(frozen=True, slots=True)
class Retry:
    """The farm is at fault: another attempt may do better, as long as there are any left."""

    problem: Problem


@dataclass(frozen=True, slots=True)
class PutOff:
    """A part of the farm is away or full: the job waits, and loses nothing by it."""

    problem: Problem


@dataclass(frozen=True, slots=True)
class CallOff:
    """The caller wants it no more."""


@dataclass(frozen=True, slots=True)
class GiveBack:
    """The worker is leaving: the job goes on elsewhere, and loses nothing by it."""


@dataclass(frozen=True, slots=True)
class Leave:
    """The job is not ours any more: whatever was done counts for nothing."""


Decision = Fail | Retry | PutOff | CallOff | GiveBack | Leave


def decide(error: BaseException) -> Decision:
    """What to do about an attempt that ended with `error`."""
    match error:
        case Stop():
            return _when_stopped(error)
        case BadRequest():
            return Fail(error)
        case TryLater():
            return PutOff(error)
        case Problem():
            return Retry(error)
        case _:
            return Retry(_unexpected(error))


def _when_stopped(reason: Stop) -> Decision:
    match reason:
        case Cancelled():
            return CallOff()
        case Late():
            return Fail(DeadlinePassed())
        case Lost():
            return Leave()
        case _:
            return GiveBack()


def _unexpected(error: BaseException) -> Problem:
    if is_memory(error):
        return EngineFailed(f"the worker ran out of memory: {in_words(error)}")
    return EngineFailed(f"the worker failed: {in_words(error)}")
