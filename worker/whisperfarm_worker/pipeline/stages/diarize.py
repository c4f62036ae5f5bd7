"""diarize: a speaker for every word, by a diarizer, or by channel if each is one speaker."""

from dataclasses import replace

from whisperfarm_contract.problems import InvalidOption
from whisperfarm_worker.attempt.monitor import AttemptMonitor
from whisperfarm_worker.engines.port import Diarizer
from whisperfarm_worker.pipeline.context import StageContext
from whisperfarm_worker.pipeline.postprocess.speaker_counts import count_warnings, ignored_counts
from whisperfarm_worker.pipeline.stages.channel_turns import name_by_channel
from whisperfarm_worker.pipeline.stages.diarized_channel import diarize_channel
from whisperfarm_worker.pipeline.stages.known_speakers import name_known_speakers
from whisperfarm_worker.pipeline.stages.leg_speakers import diarize_legs
from whisperfarm_worker.pipeline.state import PipelineState


def diarize(state: PipelineState, context: StageContext, monitor: AttemptMonitor) -> PipelineState:
    """Set `turns`, and split `segments` so that each has one speaker.

    If the job does not ask for speakers, nothing but warnings is set. Raises `InvalidOption` if it
    does and this farm has no diarizer.
    """
    if state.speaker_per_channel:
        state = name_by_channel(state)
    else:
        state = state.warn(*_ignored_names(state))
    if not state.options.wants_diarizer(by_default=state.preset.diarize):
        return state.warn(*ignored_counts(state.options), *_ignored_voices(state))
    diarizer = _diarizer(state, context)
    if not state.segments:
        return state
    if state.speaker_per_channel:
        return diarize_legs(state.warn(*_ignored_voices(state)), diarizer, monitor)
    return name_known_speakers(_diarize_mix(state, diarizer, monitor), diarizer, context)


def _diarize_mix(
    state: PipelineState, diarizer: Diarizer, monitor: AttemptMonitor
) -> PipelineState:
    found = diarize_channel(
        state, 0, diarizer, lambda done: monitor.report_progress("diarize", done)
    )
    if not found.turns:
        return state.warn("the diarizer found no speakers, so the words have none")
    result = replace(state, turns=found.turns, segments=found.segments)
    return result.warn(*count_warnings(state.options, found.segments))


def _ignored_voices(state: PipelineState) -> list[str]:
    names = [name for name in ("name_speakers", "keep_voices") if getattr(state.options, name)]
    by_channel = "the speakers of channels and legs are not compared"
    why = by_channel if state.speaker_per_channel else "diarize is off"
    return [f"{name} has no effect: {why}" for name in names]


def _ignored_names(state: PipelineState) -> list[str]:
    if state.options.channel_names is None:
        return []
    return ["channel_names has no effect without channels=speakers"]


def _diarizer(state: PipelineState, context: StageContext) -> Diarizer:
    diarizer = context.engine.diarizer(state.preset)
    if diarizer is None:
        raise InvalidOption(
            f"diarize: the workers of {state.preset.name} have no diarizer"
            f" ({state.preset.diarizer} is not among their models); leave diarize out"
        )
    return diarizer
