"""speech: voice activity detection, in windows that fit the speech model."""

from dataclasses import replace

from whisperfarm_worker.attempt.monitor import AttemptMonitor
from whisperfarm_worker.pipeline.context import StageContext
from whisperfarm_worker.pipeline.state import PipelineState, Window

ONSET = 0.5
OFFSET = 0.363
"""The defaults of WhisperX."""


def speech(state: PipelineState, context: StageContext, monitor: AttemptMonitor) -> PipelineState:
    """Set `windows`: the speech of all channels, by start time; empty for silence.

    Channels that are silent throughout are left out.
    """
    windows = [
        window
        for channel in state.waveform.audible
        for window in _channel_windows(state, channel, context, monitor)
    ]
    windows.sort(key=lambda window: (window.start, window.channel))
    return replace(state, windows=tuple(windows))


def _channel_windows(
    state: PipelineState, channel: int, context: StageContext, monitor: AttemptMonitor
) -> list[Window]:
    onset, offset = thresholds(state)
    channels = state.waveform.channels
    found = context.engine.voice_activity_detector().detect(
        state.waveform.samples[channel],
        onset=onset,
        offset=offset,
        max_s=state.preset.window_s,
        on_progress=lambda done: monitor.report_progress("speech", (channel + done) / channels),
    )
    return [replace(one, channel=channel) for one in found]


def thresholds(state: PipelineState) -> tuple[float, float]:
    """Return onset and offset. If only the onset is given, the offset is at most the onset."""
    onset = ONSET if state.options.vad_onset is None else state.options.vad_onset
    offset = state.options.vad_offset
    return onset, min(OFFSET, onset) if offset is None else offset
