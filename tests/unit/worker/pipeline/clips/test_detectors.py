"""Models receive the clips alone, and their results have the times of the recording."""

import numpy as np
import pytest

from tests.support.fake_engine import FakeDiarizer, FakeFinder, speech
from whisperfarm_contract.transcript import Turn
from whisperfarm_worker.pipeline.clips.detectors import clipped_detector, clipped_diarizer
from whisperfarm_worker.pipeline.state import SAMPLE_RATE_HZ, Samples, TimeSpan, Window

CLIPS = (TimeSpan(1.0, 4.0), TimeSpan(6.0, 7.0))
RECORDING = np.repeat(np.arange(1, 11, dtype=np.float32), SAMPLE_RATE_HZ)
"""Ten seconds; the samples of each have its number, counted from 1."""


class _Finder(FakeFinder):
    def detect(self, samples: Samples, **how) -> list[Window]:  # type: ignore[no-untyped-def,override]
        self.seconds = [*getattr(self, "seconds", []), sorted(set(samples.tolist()))]
        return super().detect(samples, **how)


def _detect(finder: FakeFinder, progress: list[float] | None = None) -> list[tuple[float, float]]:
    steps = [] if progress is None else progress
    found = clipped_detector(finder, CLIPS).detect(
        RECORDING, onset=0.5, offset=0.4, max_s=30.0, on_progress=steps.append
    )
    return [(region.start, region.end) for window in found for region in window.regions]


def test_each_clip_is_searched_alone() -> None:
    finder = _Finder([speech(0.25, 1.0)])
    assert _detect(finder) == [(1.25, 2.0), (6.25, 7.0)]
    assert finder.seconds == [[2, 3, 4], [7]]


def test_speech_ends_with_its_clip() -> None:
    assert _detect(FakeFinder([speech(0.5, 3.0)])) == [(1.5, 4.0), (6.5, 7.0)]


def test_progress_counts_all_clips() -> None:
    progress: list[float] = []
    _detect(FakeFinder(), progress)
    assert progress == pytest.approx([0.75, 1.0])


def test_turns_have_the_times_of_the_recording() -> None:
    diarizer = FakeDiarizer(
        [Turn(start=0.5, end=3.5, speaker="x"), Turn(start=3.5, end=4, speaker="y")]
    )
    found = clipped_diarizer(diarizer, CLIPS).turns(
        RECORDING, num_speakers=2, min_speakers=None, max_speakers=None, on_progress=lambda _: None
    )
    assert [(turn.start, turn.end, turn.speaker) for turn in found] == [
        (1.5, 4.0, "x"), (6.0, 6.5, "x"), (6.5, 7.0, "y"),
    ]  # fmt: skip
    assert diarizer.asked == [(2, None, None)]


def test_models_of_the_whole_recording_stay_as_they_are() -> None:
    finder, diarizer = FakeFinder(), FakeDiarizer()
    assert clipped_detector(finder, ()) is finder
    assert clipped_diarizer(diarizer, ()) is diarizer
