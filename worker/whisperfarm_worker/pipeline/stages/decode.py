"""decode: converts a media file to samples, or several of one call to a channel for each."""

from dataclasses import replace

from whisperfarm_worker.attempt.monitor import AttemptMonitor
from whisperfarm_worker.pipeline.audio import peaks, silent_channels
from whisperfarm_worker.pipeline.context import StageContext
from whisperfarm_worker.pipeline.stages.decoded_file import decode_file
from whisperfarm_worker.pipeline.stages.decoded_legs import decode_legs
from whisperfarm_worker.pipeline.state import PipelineState


def decode(state: PipelineState, context: StageContext, monitor: AttemptMonitor) -> PipelineState:
    """Set `waveform`, `holes`, `recording` and `peaks`. Raises the `Audio...` problems,
    `InvalidOption` for too many channels or a track that does not exist, and `ScratchFull`."""
    decoded = _decode_legs if state.legs else _decode_one
    state = decoded(state, context, monitor)
    monitor.report_duration(state.waveform.seconds)
    return replace(state, peaks=peaks.measure(state.waveform))


def _decode_one(
    state: PipelineState, context: StageContext, monitor: AttemptMonitor
) -> PipelineState:
    found = decode_file(
        state.file,
        state.options,
        context,
        downmix=not state.speaker_per_channel,
        on_poll=lambda: monitor.report_progress("decode", 0.0),
    )
    waveform = found.pcm.to_waveform()
    return replace(state, waveform=waveform, holes=found.holes, recording=found.recording).warn(
        *found.warnings, *silent_channels.warnings(waveform)
    )


def _decode_legs(
    state: PipelineState, context: StageContext, monitor: AttemptMonitor
) -> PipelineState:
    count = len(state.legs)
    found = decode_legs(
        state.legs,
        state.options,
        context,
        on_poll=lambda number: monitor.report_progress("decode", number / count),
    )
    return replace(
        state,
        waveform=found.waveform,
        holes=found.holes,
        recording=found.recording,
        provenance={**state.provenance, "legs": found.facts},
    ).warn(*found.warnings)
