"""speech: voice activity detection, in windows that fit the speech model."""

from dataclasses import asdict, replace
from typing import Any

from whisperfarm_worker.attempt.monitor import AttemptMonitor
from whisperfarm_worker.engines.port import OnProgress
from whisperfarm_worker.pipeline.clips.selection import select_clips
from whisperfarm_worker.pipeline.context import StageContext
from whisperfarm_worker.pipeline.crosstalk.suppress import without_copies
from whisperfarm_worker.pipeline.levels.detector import detect_speech
from whisperfarm_worker.pipeline.levels.sounds import Loudness, other_sounds
from whisperfarm_worker.pipeline.stages.channel_speech import ChannelSpeech, Detect
from whisperfarm_worker.pipeline.state import PipelineState, Window, regions_of

ONSET = 0.5
OFFSET = 0.363
"""The defaults of WhisperX."""


def speech(state: PipelineState, context: StageContext, monitor: AttemptMonitor) -> PipelineState:
    """Set `windows`: the speech of all channels, by start time; empty for silence.

    Set `clips`, and `other_sounds`: where there is sound, but no channel has speech. What an
    earlier attempt has finished is taken from the checkpoint. Channels that are silent throughout
    are left out, as is speech that is a copy of another channel, unless the caller wants
    to keep it. Raises `InvalidOption` if there is nothing in the caller's clips.
    """
    state = select_clips(state)
    saved = context.checkpoint.load_speech(state.preset, _parameters(state, context))
    channels = ChannelSpeech(
        state=state, saved=saved, checkpoint=context.checkpoint, detect=_detect(state, context)
    )
    loudness, windows = [], list[Window]()
    for channel in state.waveform.audible:
        loudness.append(Loudness.of(state.waveform.samples[channel]))
        windows += channels.windows(channel, loudness[-1], _progress(state, channel, monitor))
    windows.sort(key=lambda window: (window.start, window.channel))
    in_clips = (one.within(state.clips) for one in loudness)
    state = replace(
        state,
        windows=tuple(windows),
        other_sounds=tuple(other_sounds(in_clips, regions_of(windows))),
        provenance={**state.provenance, **({"speech_from_checkpoint": True} if saved else {})},
    )
    if state.options.crosstalk == "keep":
        return state.warn(*_ignored_options(state))
    return without_copies(state, lambda: monitor.report_progress("speech", 1.0))


def _detect(state: PipelineState, context: StageContext) -> Detect:
    """Return the detection of the preset with the thresholds of the job."""
    detector = context.engine.voice_activity_detector(state.preset)
    onset, offset = thresholds(state)
    return lambda samples, loudness, on_progress: detect_speech(
        detector,
        samples,
        loudness,
        onset=onset,
        offset=offset,
        max_s=state.preset.window_s,
        on_progress=on_progress,
    )


def _progress(state: PipelineState, channel: int, monitor: AttemptMonitor) -> OnProgress:
    channels = state.waveform.channels
    return lambda done: monitor.report_progress("speech", (channel + done) / channels)


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
