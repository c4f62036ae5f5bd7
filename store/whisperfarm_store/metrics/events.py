"""Updates metrics from log events.

An event counts even if its level is too low for its line to be written.
"""

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType
from typing import Any

from structlog.typing import EventDict, Processor, WrappedLogger

from whisperfarm_contract.outcomes import AttemptOutcome
from whisperfarm_contract.states import JobState
from whisperfarm_store import events
from whisperfarm_store.events import Event
from whisperfarm_store.metrics import definitions
from whisperfarm_store.metrics.definitions import (
    CacheOutcome,
    CallbackOutcome,
    ComparisonOutcome,
    RedactionOutcome,
    Status,
)
from whisperfarm_store.metrics.registry import Metrics

Fields = Mapping[str, Any]


def metrics_processor(metrics: Metrics) -> Processor:
    """Return the structlog processor that updates metrics. It never keeps a line from the log."""

    def count(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
        try:
            measure = _BY_NAME.get(event["event"])
            if measure is not None:
                measure(metrics, event)
        except Exception as error:
            return {**event, "not_counted": repr(error)}
        return event

    return count


def _job_accepted(metrics: Metrics, event: Fields) -> None:
    if not event["is_duplicate"]:
        metrics.count(
            definitions.JOBS_ACCEPTED,
            preset=event["preset"],
            tenant=event["tenant"],
            ingress=event["ingress"],
        )


def _job_ended(metrics: Metrics, event: Fields) -> None:
    state, preset = event["state"], event["preset"]
    metrics.count(definitions.JOBS_ENDED, preset=preset, tenant=event["tenant"], state=state)
    if state == JobState.FAILED:
        problem = event["problem"] or "unknown"
        metrics.count(definitions.JOBS_FAILED, preset=preset, problem=problem)


def _job_rescued(metrics: Metrics, _: Fields) -> None:
    metrics.count(definitions.RESCUES)


def _job_unpolled(metrics: Metrics, event: Fields) -> None:
    metrics.count(definitions.JOBS_UNPOLLED, preset=event["preset"])


def _http_responded(metrics: Metrics, event: Fields) -> None:
    route = event["route"]
    metrics.count(definitions.HTTP_REQUESTS, route=route, status=str(event["status"]))
    metrics.observe(definitions.HTTP_REQUEST_S, event["took_ms"] / 1000, route=route)
    if "problem" in event:
        metrics.count(definitions.REFUSED, problem=event["problem"])


def _access_refused(metrics: Metrics, event: Fields) -> None:
    metrics.count(definitions.ACCESS_REFUSED, reason=event["reason"])


def _handshake_refused(metrics: Metrics, event: Fields) -> None:
    metrics.count(definitions.TLS_REFUSED, reason=event["reason"])


def _custody_appended(metrics: Metrics, event: Fields) -> None:
    metrics.count(definitions.CUSTODY_ENTRIES, kind=event["kind"])


def _revision_created(metrics: Metrics, event: Fields) -> None:
    metrics.count(definitions.REVISIONS, kind=event["kind"])


def _artifacts_deleted(metrics: Metrics, event: Fields) -> None:
    artifact, cause = event["artifact"], event["cause"]
    metrics.count(definitions.ARTIFACTS_DELETED, artifact=artifact, cause=cause)


def _hold_changed(metrics: Metrics, _: Fields, *, change: str) -> None:
    metrics.count(definitions.HOLDS, change=change)


def _forward_progressed(metrics: Metrics, event: Fields) -> None:
    metrics.count(definitions.FORWARD_BYTES, by=event["chunk_bytes"])


def _message_rejected(metrics: Metrics, event: Fields) -> None:
    metrics.count(definitions.REFUSED, problem=event["problem"])


def _callback_delivered(metrics: Metrics, _: Fields) -> None:
    metrics.count(definitions.CALLBACKS, outcome=CallbackOutcome.DELIVERED)


def _callback_failed(metrics: Metrics, event: Fields) -> None:
    is_last = event["retry_in_s"] is None
    outcome = CallbackOutcome.FAILED if is_last else CallbackOutcome.RETRIED
    metrics.count(definitions.CALLBACKS, outcome=outcome)


def _attempt_started(metrics: Metrics, event: Fields) -> None:
    waited_s, labels = event["waited_s"], {"preset": event["preset"], "lane": event["lane"]}
    if waited_s is not None:
        metrics.observe(definitions.JOB_WAIT_S, waited_s, **labels)
        if waited_s > event["objective_s"]:
            metrics.count(definitions.JOBS_LATE, **labels)


def _attempt_transcribed(metrics: Metrics, event: Fields) -> None:
    preset, took_s = event["preset"], event["took_s"]
    for stage, seconds in event["stage_s"].items():
        metrics.observe(definitions.STAGE_S, seconds, stage=stage, preset=preset)
    metrics.observe(definitions.WHISPERX_DURATION, took_s, quality_tier=preset)
    if event["audio_s"] > 0:
        metrics.observe(definitions.REAL_TIME_FACTOR, took_s / event["audio_s"], preset=preset)


_STATUSES: Mapping[str, Status] = MappingProxyType(
    {AttemptOutcome.SUCCEEDED: Status.SUCCESS, AttemptOutcome.FAILED: Status.ERROR}
)


def _attempt_ended(metrics: Metrics, event: Fields) -> None:
    outcome = event["outcome"]
    _count_attempt(metrics, event, outcome=outcome)
    if outcome in _STATUSES:
        metrics.count(definitions.WHISPERX_TOTAL, status=_STATUSES[outcome])


def _count_attempt(metrics: Metrics, event: Fields, *, outcome: str) -> None:
    metrics.count(definitions.ATTEMPTS, preset=event["preset"], outcome=outcome)


def _batch_started(metrics: Metrics, event: Fields) -> None:
    metrics.observe(definitions.BATCH_FILL, event["windows"] / event["max_windows"])


def _device_called(metrics: Metrics, event: Fields) -> None:
    metrics.observe(definitions.DEVICE_CALL_S, event["took_s"])


def _cache_read(metrics: Metrics, _: Fields, *, outcome: CacheOutcome) -> None:
    metrics.count(definitions.RESULT_CACHE, outcome=outcome)


def _redacted(metrics: Metrics, event: Fields) -> None:
    metrics.count(definitions.REDACTED_RECORDINGS, outcome=RedactionOutcome.MADE)
    metrics.count(definitions.REDACTED_S, by=event["masked_s"])


def _redaction_failed(metrics: Metrics, _: Fields) -> None:
    metrics.count(definitions.REDACTED_RECORDINGS, outcome=RedactionOutcome.FAILED)


def _speakers_compared(metrics: Metrics, event: Fields) -> None:
    for outcome in ComparisonOutcome:
        metrics.count(definitions.COMPARED_SPEAKERS, by=event[outcome], outcome=outcome)


def _model_cached(metrics: Metrics, _: Fields) -> None:
    metrics.count(definitions.MODEL_CACHE, outcome=CacheOutcome.HIT)


def _model_loaded(metrics: Metrics, event: Fields) -> None:
    metrics.count(definitions.MODEL_CACHE, outcome=CacheOutcome.MISS)
    metrics.set(definitions.MODEL_LOAD_S, event["took_s"], model=event["model"])


def _start_measured(metrics: Metrics, event: Fields, *, phase: str) -> None:
    if event["took_s"] is not None:
        metrics.set(definitions.STARTUP_S, event["took_s"], phase=phase)


Measure = Callable[[Metrics, Fields], None]

MEASURED: Mapping[Event[Any], Measure] = MappingProxyType(
    {
        events.job.accepted: _job_accepted,
        events.job.ended: _job_ended,
        events.job.rescued: _job_rescued,
        events.job.unpolled: _job_unpolled,
        events.job.artifacts_deleted: _artifacts_deleted,
        events.job.held: partial(_hold_changed, change="set"),
        events.job.released: partial(_hold_changed, change="lifted"),
        events.http.responded: _http_responded,
        events.http.probed: _http_responded,
        events.access.refused: _access_refused,
        events.tls.handshake_refused: _handshake_refused,
        events.tls.handshake_refused_again: _handshake_refused,
        events.custody.appended: _custody_appended,
        events.revision.created: _revision_created,
        events.forward.progressed: _forward_progressed,
        events.message.rejected: _message_rejected,
        events.callback.delivered: _callback_delivered,
        events.callback.failed: _callback_failed,
        events.attempt.started: _attempt_started,
        events.attempt.transcribed: _attempt_transcribed,
        events.attempt.ended: _attempt_ended,
        events.attempt.stale: partial(_count_attempt, outcome=AttemptOutcome.STALE),
        events.attempt.settle_failed: partial(_count_attempt, outcome=AttemptOutcome.SETTLE_FAILED),
        events.attempt.requeued: partial(_count_attempt, outcome=AttemptOutcome.REQUEUED),
        events.batch.started: _batch_started,
        events.device.called: _device_called,
        events.cache.hit: partial(_cache_read, outcome=CacheOutcome.HIT),
        events.cache.miss: partial(_cache_read, outcome=CacheOutcome.MISS),
        events.cache.read_failed: partial(_cache_read, outcome=CacheOutcome.MISS),
        events.redaction.recording_made: _redacted,
        events.redaction.recording_failed: _redaction_failed,
        events.speaker.compared: _speakers_compared,
        events.model.cached: _model_cached,
        events.model.loaded: _model_loaded,
        events.engine.imported: partial(_start_measured, phase="imports"),
        events.worker.models_loaded: partial(_start_measured, phase="models"),
        events.worker.ready: partial(_start_measured, phase="ready"),
    }
)

_BY_NAME = {event.name: measure for event, measure in MEASURED.items()}
