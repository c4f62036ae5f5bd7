"""Which events count, and for what: the parts log what happens, and here it becomes metrics.

An event is a log line's name with its fields. It counts at every level, also where the line itself
is not written.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from structlog.typing import EventDict, Processor, WrappedLogger

from whisperfarm_contract.outcomes import AttemptOutcome
from whisperfarm_store.metrics import definitions
from whisperfarm_store.metrics.registry import Meters

Fields = Mapping[str, Any]


def counting(meters: Meters) -> Processor:
    """The step of logging that counts. No fault in it keeps a line from being written."""

    def count(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
        try:
            note = EVENTS.get(event["event"])
            if note is not None:
                note(meters, event)
        except Exception as error:
            return {**event, "not_counted": repr(error)}
        return event

    return count


def _accepted(meters: Meters, event: Fields) -> None:
    if not event["asked_again"]:
        meters.count(
            definitions.JOBS_ACCEPTED,
            preset=event["preset"],
            tenant=event["tenant"],
            door=event["door"],
        )


def _answered(meters: Meters, event: Fields) -> None:
    route = event["route"]
    meters.count(definitions.HTTP_REQUESTS, route=route, status=str(event["status"]))
    meters.observe(definitions.HTTP_REQUEST_S, event["took_ms"] / 1000, route=route)
    if "problem" in event:
        meters.count(definitions.REFUSED, problem=event["problem"])


def _refused(meters: Meters, event: Fields) -> None:
    meters.count(definitions.REFUSED, problem=event["problem"])


def _rescued(meters: Meters, _: Fields) -> None:
    meters.count(definitions.RESCUES)


def _called_back(meters: Meters, event: Fields) -> None:
    failed = "given_up" if event["again_in_s"] is None else "again"
    outcome = "delivered" if event["error"] is None else failed
    meters.count(definitions.CALLBACKS, outcome=outcome)


def _job_ended(meters: Meters, event: Fields) -> None:
    meters.count(
        definitions.JOBS_ENDED, preset=event["preset"], tenant=event["tenant"], state=event["state"]
    )
    if event["state"] == "failed":
        problem = event["problem"] or "unknown"
        meters.count(definitions.JOBS_FAILED, preset=event["preset"], problem=problem)


def _begun(meters: Meters, event: Fields) -> None:
    if event["waited_s"] is not None:
        meters.observe(definitions.JOB_WAIT_S, event["waited_s"], preset=event["preset"])


def _transcribed(meters: Meters, event: Fields) -> None:
    preset = event["preset"]
    for stage, seconds in event["stage_s"].items():
        meters.observe(definitions.STAGE_S, seconds, stage=stage, preset=preset)
    meters.observe(
        definitions.WHISPERX_DURATION, event["took_s"], engine=event["engine"], quality_tier=preset
    )
    if event["audio_s"] > 0:
        meters.observe(
            definitions.REAL_TIME_FACTOR, event["took_s"] / event["audio_s"], preset=preset
        )


def _attempt_ended(meters: Meters, event: Fields) -> None:
    outcome = event["outcome"]
    meters.count(definitions.ATTEMPTS, preset=event["preset"], outcome=outcome)
    status = {AttemptOutcome.SUCCEEDED: "success", AttemptOutcome.FAILED: "error"}.get(outcome)
    if status is not None:
        meters.count(definitions.WHISPERX_TOTAL, engine="whisperx", status=status)


def _too_late(meters: Meters, event: Fields) -> None:
    meters.count(definitions.ATTEMPTS, preset=event["preset"], outcome=AttemptOutcome.STALE.value)


def _not_settled(meters: Meters, event: Fields) -> None:
    meters.count(
        definitions.ATTEMPTS, preset=event["preset"], outcome=AttemptOutcome.SETTLE_FAILED.value
    )


def _given_back(meters: Meters, event: Fields) -> None:
    meters.count(
        definitions.ATTEMPTS, preset=event["preset"], outcome=AttemptOutcome.REQUEUED.value
    )


def _batch(meters: Meters, event: Fields) -> None:
    meters.observe(definitions.BATCH_FILL, event["windows"] / event["most"])


def _hit(meters: Meters, _: Fields) -> None:
    meters.count(definitions.RESULT_CACHE, outcome="hit")


def _miss(meters: Meters, _: Fields) -> None:
    meters.count(definitions.RESULT_CACHE, outcome="miss")


def _at_hand(meters: Meters, _: Fields) -> None:
    meters.count(definitions.MODEL_CACHE, outcome="hit")


def _loaded(meters: Meters, event: Fields) -> None:
    meters.count(definitions.MODEL_CACHE, outcome="miss")
    meters.set(definitions.MODEL_LOAD_S, event["seconds"], model=event["model"])


def _imported(meters: Meters, event: Fields) -> None:
    meters.set(definitions.STARTUP_S, event["seconds"], phase="imports")


def _all_loaded(meters: Meters, event: Fields) -> None:
    meters.set(definitions.STARTUP_S, event["seconds"], phase="models")


def _ready(meters: Meters, event: Fields) -> None:
    if event["seconds"] is not None:
        meters.set(definitions.STARTUP_S, event["seconds"], phase="ready")


EVENTS: Mapping[str, Callable[[Meters, Fields], None]] = MappingProxyType(
    {
        "job.accepted": _accepted,
        "job.ended": _job_ended,
        "job.rescued": _rescued,
        "http.answered": _answered,
        "message.refused": _refused,
        "callback.tried": _called_back,
        "attempt.begun": _begun,
        "attempt.transcribed": _transcribed,
        "attempt.ended": _attempt_ended,
        "attempt.too_late": _too_late,
        "attempt.not_settled": _not_settled,
        "attempt.given_back": _given_back,
        "batch.decoded": _batch,
        "cache.hit": _hit,
        "cache.miss": _miss,
        "model.at_hand": _at_hand,
        "Model loaded successfully": _loaded,
        "engine.imported": _imported,
        "models.loaded": _all_loaded,
        "worker.ready": _ready,
    }
)
