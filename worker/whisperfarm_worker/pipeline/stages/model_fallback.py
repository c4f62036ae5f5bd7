"""transcribe, with the fallback model of the preset where its own model fails.

It fails if it finds no text in speech, or if the memory does not suffice even for one window.
"""

from dataclasses import replace

from whisperfarm_contract.problems import MissingModel, Problem
from whisperfarm_worker.attempt.checkpoint import NoCheckpoint
from whisperfarm_worker.attempt.monitor import AttemptMonitor
from whisperfarm_worker.engines.errors import DeviceFailed, is_out_of_memory
from whisperfarm_worker.pipeline.context import StageContext
from whisperfarm_worker.pipeline.stages.transcribe import transcribe
from whisperfarm_worker.pipeline.state import PipelineState

_MIN_SPEECH_S = 2.0
"""Shorter speech is often a cough or a click, in which no model finds text."""


def transcribe_or_fall_back(
    state: PipelineState, context: StageContext, monitor: AttemptMonitor
) -> PipelineState:
    """Do what `transcribe` does, with the fallback model if there is one and it is needed.

    Raises what `transcribe` raises for the preset's own model.
    """
    try:
        transcribed = transcribe(state, context, monitor)
    except (Problem, MemoryError, RuntimeError) as error:
        if not _needs_less_memory(state, error):
            raise
        replaced = _fall_back(state, context, monitor, "the memory does not suffice for it")
        if replaced is None:
            raise
        return replaced
    if transcribed.window_texts or not state.preset.fallback or _speech_s(state) < _MIN_SPEECH_S:
        return transcribed
    return _fall_back(state, context, monitor, "it found no text in speech") or transcribed


def _fall_back(
    state: PipelineState, context: StageContext, monitor: AttemptMonitor, reason: str
) -> PipelineState | None:
    """Transcribe with the fallback model. Returns `None` if that is not installed."""
    preset = replace(state.preset, asr=state.preset.fallback, fallback="")
    try:
        # The checkpoint has texts of the other model.
        transcribed = transcribe(
            replace(state, preset=preset), replace(context, checkpoint=NoCheckpoint()), monitor
        )
    except MissingModel:
        return None
    return transcribed.warn(
        f"the speech model {state.preset.asr} was replaced by {preset.asr}: {reason}"
    )


def _needs_less_memory(state: PipelineState, error: Exception) -> bool:
    broken = isinstance(error, DeviceFailed)  # only another process can use the GPU again
    return bool(state.preset.fallback) and is_out_of_memory(error) and not broken


def _speech_s(state: PipelineState) -> float:
    return sum(window.end - window.start for window in state.windows)
