"""speech: voice activity detection, in windows that fit the speech model."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

from whisperfarm_worker.attempt.monitor import AttemptMonitor
from whisperfarm_worker.pipeline.clips.detectors import clipped_detector
from whisperfarm_worker.pipeline.clips.selection import channel_parts, select_clips
from whisperfarm_worker.pipeline.context import StageContext
from whisperfarm_worker.pipeline.crosstalk.suppress import without_copies
from whisperfarm_worker.pipeline.levels.detector import QuietSpeechDetector
from whisperfarm_worker.pipeline.levels.sounds import Loudness, other_sounds
from whisperfarm_worker.pipeline.state import PipelineState, TimeSpan, Window, regions_of

ONSET = 0.5
OFFSET = 0.363
"""The defaults of WhisperX."""


def speech(state: PipelineState, context: StageContext, monitor: AttemptMonitor) -> PipelineState:
    """Set `windows`: the speech of all channels, by start time; empty for silence.

    Set `clips`, and `other_sounds`: where there is sound, but no channel has speech. Channels that
    an earlier attempt has finished are taken from the checkpoint, and those that are silent
    throughout are left out, as is speech that is a copy of another channel, unless the caller wants
    to keep it. Raises `InvalidOption` if there is nothing in the caller's clips.
    """
    state = select_clips(state)
    saved = context.checkpoint.load_speech(state.preset, _parameters(state, context))
    windows: list[Window] = []
    for channel in state.waveform.audible:
        found = saved.get(channel)
        if found is None:
            found = _channel_windows(state, channel, context, monitor)
            context.checkpoint.record_speech(channel, found)
        windows += found
    windows.sort(key=lambda window: (window.start, window.channel))
    state = replace(
        state,
        windows=tuple(windows),
        other_sounds=tuple(_other_sounds(state, windows)),
        provenance={**state.provenance, **({"speech_from_checkpoint": True} if saved else {})},
    )
    if state.options.crosstalk == "keep":
        return state.warn(*_ignored_options(state))
    return without_copies(state, lambda: monitor.report_progress("speech", 1.0))


def _channel_windows(
    state: PipelineState, channel: int, context: StageContext, monitor: AttemptMonitor
) -> list[Window]:
    onset, offset = thresholds(state)
    parts = channel_parts(state, channel)
    if parts is None:
        return []
    channels = state.waveform.channels
    detector = QuietSpeechDetector(context.engine.voice_activity_detector(state.preset))
    found = clipped_detector(detector, parts).detect(
        state.waveform.samples[channel],
        onset=onset,
        offset=offset,
        max_s=state.preset.window_s,
        on_progress=lambda done: monitor.report_progress("speech", (channel + done) / channels),
    )
    return [replace(one, channel=channel) for one in found]


def _other_sounds(state: PipelineState, windows: Sequence[Window]) -> list[TimeSpan]:
    """Return the time spans with sound and without speech, in the clips if there are any."""
    loudness = (
        Loudness.of(state.waveform.samples[channel]).within(state.clips)
        for channel in state.waveform.audible
    )
    return other_sounds(loudness, regions_of(windows))


def _ignored_options(state: PipelineState) -> list[str]:
    if state.speaker_per_channel:
        return []
    return ["crosstalk=keep has no effect without channels=speakers"]


def _parameters(state: PipelineState, context: StageContext) -> dict[str, Any]:
    """Return what the speech depends on, besides the recording and the preset."""
    engine = context.engine.describe()
    return {
        "options": asdict(state.options),
        "channels": state.waveform.channels,
        "seconds": state.waveform.seconds,
        "engine": [engine.get("engine"), engine.get("versions")],
    }


def thresholds(state: PipelineState) -> tuple[float, float]:
    """Return onset and offset. If only the onset is given, the offset is at most the onset."""
    onset = ONSET if state.options.vad_onset is None else state.options.vad_onset
    offset = state.options.vad_offset
    return onset, min(OFFSET, onset) if offset is None else offset
