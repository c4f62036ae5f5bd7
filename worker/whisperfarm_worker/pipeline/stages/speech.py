"""speech: voice activity detection, in windows that fit the speech model."""

from dataclasses import replace

from whisperfarm_worker.attempt.monitor import Watch
from whisperfarm_worker.pipeline.context import Tools
from whisperfarm_worker.pipeline.state import Window, Work

ONSET = 0.5
OFFSET = 0.363
"""The defaults of WhisperX."""


def speech(work: Work, tools: Tools, watch: Watch) -> Work:
    """Set `windows`: the speech of all channels, by start time; empty for silence."""
    windows = [
        window
        for channel in range(work.sound.channels)
        for window in _of_channel(work, channel, tools, watch)
    ]
    windows.sort(key=lambda window: (window.start, window.channel))
    return replace(work, windows=tuple(windows))


def _of_channel(work: Work, channel: int, tools: Tools, watch: Watch) -> list[Window]:
    onset, offset = thresholds(work)
    channels = work.sound.channels
    found = tools.engine.speech_finder().find(
        work.sound.samples[channel],
        onset=onset,
        offset=offset,
        longest_s=work.preset.chunk_s,
        step=lambda done: watch.report("speech", (channel + done) / channels),
    )
    return [
        Window(start=one.start, end=one.end, stretches=one.stretches, channel=channel)
        for one in found
    ]


def thresholds(work: Work) -> tuple[float, float]:
    """Return onset and offset. If only the onset is given, the offset is at most the onset."""
    onset = ONSET if work.options.vad_onset is None else work.options.vad_onset
    offset = work.options.vad_offset
    return onset, min(OFFSET, onset) if offset is None else offset
