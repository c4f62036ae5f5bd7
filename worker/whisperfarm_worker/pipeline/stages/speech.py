"""speech: voice activity detection, in windows that fit the speech model."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

from whisperfarm_worker.attempt.monitor import AttemptMonitor
from whisperfarm_worker.pipeline.context import StageContext
from whisperfarm_worker.pipeline.levels.insertion import insert
from whisperfarm_worker.pipeline.levels.quiet_speech import find_quiet_speech, with_gains
from whisperfarm_worker.pipeline.levels.sounds import Loudness, other_sounds
from whisperfarm_worker.pipeline.state import PipelineState, Samples, SpeechRegion, Window

ONSET = 0.5
OFFSET = 0.363
"""The defaults of WhisperX."""


def speech(state: PipelineState, context: StageContext, monitor: AttemptMonitor) -> PipelineState:
    """Set `windows`: the speech of all channels, by start time; empty for silence.

    Set `other_sounds`: where there is sound, but no channel has speech. Channels that an earlier
    attempt has finished are taken from the checkpoint.
    """
    saved = context.checkpoint.load_speech(state.preset, _parameters(state, context))
    windows: list[Window] = []
    loudness: list[Loudness] = []
    for channel in range(state.waveform.channels):
        loudness.append(Loudness.of(state.waveform.samples[channel]))
        found = saved.get(channel)
        if found is None:
            found = _channel_windows(state, channel, loudness[-1], context, monitor)
            context.checkpoint.record_speech(channel, found)
        windows += found
    windows.sort(key=lambda window: (window.start, window.channel))
    return replace(
        state,
        windows=tuple(windows),
        other_sounds=tuple(other_sounds(loudness, _regions(windows))),
        provenance={**state.provenance, **({"speech_from_checkpoint": True} if saved else {})},
    )


def _channel_windows(
    state: PipelineState,
    channel: int,
    loudness: Loudness,
    context: StageContext,
    monitor: AttemptMonitor,
) -> list[Window]:
    onset, offset = thresholds(state)
    channels = state.waveform.channels
    samples = state.waveform.samples[channel]

    def detect(samples: Samples, *, first: bool) -> list[Window]:
        return context.engine.voice_activity_detector().detect(
            samples,
            onset=onset,
            offset=offset,
            max_s=state.preset.window_s,
            on_progress=lambda done: monitor.report_progress(
                "speech", (channel + (done if first else 1.0)) / channels
            ),
        )

    found = detect(samples, first=True)
    quiet = find_quiet_speech(
        samples, loudness, _regions(found), lambda part: _regions(detect(part, first=False))
    )
    if quiet:
        found = insert(with_gains(samples, loudness, found), quiet, max_s=state.preset.window_s)
    return [replace(one, channel=channel) for one in found]


def _regions(windows: Sequence[Window]) -> list[SpeechRegion]:
    return [region for window in windows for region in window.regions]


def _parameters(state: PipelineState, context: StageContext) -> dict[str, Any]:
    """Return what the speech depends on, besides the recording and the preset."""
    engine = context.engine.describe()
    return {
        "options": asdict(state.options),
        "shape": list(state.waveform.samples.shape),
        "engine": [engine.get("engine"), engine.get("versions")],
    }


def thresholds(state: PipelineState) -> tuple[float, float]:
    """Return onset and offset. If only the onset is given, the offset is at most the onset."""
    onset = ONSET if state.options.vad_onset is None else state.options.vad_onset
    offset = state.options.vad_offset
    return onset, min(OFFSET, onset) if offset is None else offset
