"""Voice activity detection and diarization of the clips alone, with the recording's times."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from whisperfarm_contract.transcript import Turn
from whisperfarm_worker.engines.port import Diarizer, OnProgress, VoiceActivityDetector
from whisperfarm_worker.pipeline.state import (
    Samples,
    TimeSpan,
    Window,
    cut,
)


@dataclass(frozen=True, slots=True)
class ClippedDetector:
    """Voice activity detector of the clips of a recording."""

    detector: VoiceActivityDetector
    clips: Sequence[TimeSpan]

    @property
    def name(self) -> str:
        return self.detector.name

    def detect(
        self,
        samples: Samples,
        *,
        onset: float,
        offset: float,
        max_s: float,
        on_progress: OnProgress,
    ) -> list[Window]:
        """Detect speech in each clip alone, so that no window is in two of them."""
        windows: list[Window] = []
        total_s = sum(clip.end - clip.start for clip in self.clips)
        done_s = 0.0
        for clip in self.clips:
            length_s = clip.end - clip.start
            found = self.detector.detect(
                cut(samples, clip),
                onset=onset,
                offset=offset,
                max_s=max_s,
                on_progress=_progress_of(on_progress, done_s / total_s, length_s / total_s),
            )
            windows += [_later(window, clip) for window in found]
            done_s += length_s
        return windows


@dataclass(frozen=True, slots=True)
class ClippedDiarizer:
    """Diarizer of the clips of a recording, joined to one recording, so that a speaker has the
    same name in all of them."""

    diarizer: Diarizer
    clips: Sequence[TimeSpan]

    def turns(
        self,
        samples: Samples,
        *,
        num_speakers: int | None,
        min_speakers: int | None,
        max_speakers: int | None,
        on_progress: OnProgress,
    ) -> list[Turn]:
        """Return the turns with the recording's times, cut at the ends of the clips."""
        found = self.diarizer.turns(
            np.concatenate([cut(samples, clip) for clip in self.clips]),
            num_speakers=num_speakers,
            min_speakers=min_speakers,
            max_speakers=max_speakers,
            on_progress=on_progress,
        )
        return [part for turn in found for part in self._in_recording(turn)]

    def _in_recording(self, turn: Turn) -> Iterator[Turn]:
        joined_s = 0.0
        for clip in self.clips:
            start = max(turn.start - joined_s + clip.start, clip.start)
            end = min(turn.end - joined_s + clip.start, clip.end)
            if start < end:
                yield replace(turn, start=start, end=end)
            joined_s += clip.end - clip.start


def clipped_detector(
    detector: VoiceActivityDetector, clips: Sequence[TimeSpan]
) -> VoiceActivityDetector:
    """Return a detector for the clips, or the detector itself if there are none."""
    return ClippedDetector(detector, clips) if clips else detector


def clipped_diarizer(diarizer: Diarizer, clips: Sequence[TimeSpan]) -> Diarizer:
    """Return a diarizer of the clips, or the diarizer itself if there are none."""
    return ClippedDiarizer(diarizer, clips) if clips else diarizer


def _progress_of(on_progress: OnProgress, before: float, share: float) -> OnProgress:
    """Return the progress callback for a share of the clips, after what is done before."""
    return lambda done: on_progress(before + share * done)


def _later(window: Window, clip: TimeSpan) -> Window:
    """Return a window of a clip with the times of the recording."""
    regions = tuple(
        replace(one, start=one.start + clip.start, end=min(one.end + clip.start, clip.end))
        for one in window.regions
    )
    return replace(
        window,
        start=window.start + clip.start,
        end=min(window.end + clip.start, clip.end),
        regions=tuple(one for one in regions if one.start < one.end),
    )
