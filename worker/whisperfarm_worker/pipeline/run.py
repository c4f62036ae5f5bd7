"""Runs the pipeline: passes one value through all stages."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from types import MappingProxyType

from whisperfarm_contract.transcript import Transcript
from whisperfarm_store import events
from whisperfarm_worker.attempt.monitor import AttemptMonitor
from whisperfarm_worker.pipeline.context import StageContext
from whisperfarm_worker.pipeline.stages.align import align
from whisperfarm_worker.pipeline.stages.decode import decode
from whisperfarm_worker.pipeline.stages.diarize import diarize
from whisperfarm_worker.pipeline.stages.fetch import fetch
from whisperfarm_worker.pipeline.stages.model_fallback import transcribe_or_fall_back
from whisperfarm_worker.pipeline.stages.render import render
from whisperfarm_worker.pipeline.stages.speech import speech
from whisperfarm_worker.pipeline.state import PipelineState

Stage = Callable[[PipelineState, StageContext, AttemptMonitor], PipelineState]

STAGES: Mapping[str, Stage] = MappingProxyType(
    {
        "fetch": fetch,
        "decode": decode,
        "speech": speech,
        "transcribe": transcribe_or_fall_back,
        "align": align,
        "diarize": diarize,
        "render": render,
    }
)
"""The stages of an attempt, in order, by the names of `whisperfarm_contract.job.STAGES`."""

current_stage: ContextVar[str] = ContextVar("current_stage", default="transcribe")
"""The stage of the calling thread. The batcher's thread decodes for the jobs in `transcribe`."""


def run(
    state: PipelineState,
    context: StageContext,
    monitor: AttemptMonitor,
    *,
    stages: Mapping[str, Stage] | None = None,
) -> tuple[Transcript, Mapping[str, float], PipelineState]:
    """Run all stages. Returns the transcript, the duration of each stage in seconds, and the state
    after the last one.

    Raises a `Problem` if the recording cannot be transcribed, a `StopAttempt` if `monitor` raises
    it, and errors of the engine unchanged.
    """
    seconds: dict[str, float] = {}
    for name, stage in (stages or STAGES).items():
        monitor.report_progress(name, 0.0)
        with _log_duration(name, seconds):
            state = stage(state, context, monitor)
    if state.transcript is None:
        raise RuntimeError("the last stage did not set a transcript")
    provenance = {**state.transcript.provenance, "stage_s": seconds}
    return replace(state.transcript, provenance=provenance), seconds, state


@contextmanager
def _log_duration(stage: str, seconds: dict[str, float]) -> Iterator[None]:
    """Record and log how long the block takes, also if it fails."""
    started_at, error = time.monotonic(), None
    token = current_stage.set(stage)
    try:
        yield
    except BaseException as raised:
        error = type(raised).__name__
        raise
    finally:
        current_stage.reset(token)
        seconds[stage] = round(time.monotonic() - started_at, 3)
        events.stage.ended.log(stage=stage, took_s=seconds[stage], error=error)
