"""Voice activity detection of a channel: each clip and each section by itself."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from whisperfarm_worker.attempt.checkpoint import Checkpoint, span_key
from whisperfarm_worker.attempt.checkpoint_parts import Speech
from whisperfarm_worker.engines.port import OnProgress
from whisperfarm_worker.pipeline.clips.selection import channel_parts
from whisperfarm_worker.pipeline.levels.sections import sections
from whisperfarm_worker.pipeline.levels.sounds import Loudness
from whisperfarm_worker.pipeline.state import (
    SAMPLE_RATE_HZ,
    PipelineState,
    Samples,
    TimeSpan,
    Window,
)

Detect = Callable[[Samples, Loudness, OnProgress], list[Window]]
"""Returns the windows of a section, with its times."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelSpeech:
    """Detection of the speech of channels, which takes finished sections from `saved`.

    No window is in two clips, or in two sections of a long recording. Each new section goes to the
    checkpoint.
    """

    state: PipelineState
    saved: Speech
    checkpoint: Checkpoint
    detect: Detect

    def windows(self, channel: int, loudness: Loudness, on_progress: OnProgress) -> list[Window]:
        """Return the windows of a channel, by time."""
        windows: list[Window] = []
        parts = channel_parts(self.state, channel)
        todo = [one for part in parts for one in sections(loudness.levels, part)]
        for number, section in enumerate(todo):
            key = span_key(channel, section.start, section.end)
            found = self.saved.get(key)
            if found is None:
                found = self._detect(
                    channel, section, loudness, _progress_of(on_progress, number, len(todo))
                )
                self.checkpoint.record_speech(key, found)
            windows += found
        return windows

    def _detect(
        self, channel: int, section: TimeSpan, loudness: Loudness, on_progress: OnProgress
    ) -> list[Window]:
        first, last = (round(at * SAMPLE_RATE_HZ) for at in (section.start, section.end))
        samples = self.state.waveform.samples[channel][first:last]
        found = self.detect(samples, loudness.between(section), on_progress)
        return [replace(_later(one, section), channel=channel) for one in found]


def _progress_of(on_progress: OnProgress, number: int, count: int) -> OnProgress:
    """Return the progress callback for one of several sections."""
    return lambda done: on_progress((number + done) / count)


def _later(window: Window, section: TimeSpan) -> Window:
    """Return a window of a section with the times of the recording."""
    regions = tuple(
        replace(one, start=one.start + section.start, end=min(one.end + section.start, section.end))
        for one in window.regions
    )
    return replace(
        window,
        start=window.start + section.start,
        end=min(window.end + section.start, section.end),
        regions=tuple(one for one in regions if one.start < one.end),
    )
