"""The diarizer receives the clips alone, and its turns have the times of the recording."""

import numpy as np

from tests.support.fake_engine import FakeDiarizer
from whisperfarm_contract.transcript import Turn
from whisperfarm_worker.pipeline.clips.diarizer import clipped_diarizer
from whisperfarm_worker.pipeline.state import SAMPLE_RATE_HZ, TimeSpan

CLIPS = (TimeSpan(1.0, 4.0), TimeSpan(6.0, 7.0))
RECORDING = np.repeat(np.arange(1, 11, dtype=np.float32), SAMPLE_RATE_HZ)
"""Ten seconds; the samples of each have its number, counted from 1."""


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


def test_diarizer_of_the_whole_recording_stays_as_it_is() -> None:
    diarizer = FakeDiarizer()
    assert clipped_diarizer(diarizer, ()) is diarizer
