"""From probabilities of speech to windows."""

import numpy as np
import pytest
from numpy.typing import NDArray

from whisperfarm_worker.engines.silero.vad_regions import regions, windows
from whisperfarm_worker.pipeline.state import SpeechRegion

FRAME_S = 0.1


def _speech(line: str) -> NDArray[np.float32]:
    """Return probabilities: one digit per tenth of a second, 9 for speech and 0 for none."""
    return np.array([int(one) / 10 for one in line], np.float32)


def _found(line: str, *, onset: float = 0.5, offset: float = 0.3) -> list[tuple[float, float]]:
    found = regions(_speech(line), frame_s=FRAME_S, onset=onset, offset=offset)
    return [(round(one.start, 3), round(one.end, 3)) for one in found]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("0000000000", []),
        ("", []),
        ("9999999999", [(0.0, 1.0)]),
        ("0009990000", [(0.2, 0.7)]),
        ("0009440000", [(0.2, 0.7)]),
        ("0004440000", []),
        ("0009909900", [(0.2, 0.55), (0.55, 0.9)]),
        ("0000000099", [(0.7, 1.0)]),
    ],
)
def test_region_starts_at_onset_and_ends_below_offset(
    line: str, found: list[tuple[float, float]]
) -> None:
    assert _found(line) == found


def test_higher_onset_finds_fewer_regions() -> None:
    assert _found("0006660000", onset=0.7) == []


def _pieces(line: str, max_s: float) -> list[tuple[float, float, int]]:
    speech = _speech(line)
    found = regions(speech, frame_s=FRAME_S, onset=0.5, offset=0.3)
    cut = windows(found, speech, frame_s=FRAME_S, max_s=max_s)
    return [(round(one.start, 3), round(one.end, 3), len(one.regions)) for one in cut]


def test_regions_share_a_window_up_to_the_maximum() -> None:
    line = "0999000999000999000"
    assert _pieces(line, 1.1) == [(0.0, 1.1, 2), (1.2, 1.7, 1)]
    assert _pieces(line, 0.6) == [(0.0, 0.5, 1), (0.6, 1.1, 1), (1.2, 1.7, 1)]


def test_long_region_is_split_at_the_least_likely_frame() -> None:
    assert _pieces("9999999599999", 1.0) == [(0.0, 0.7, 1), (0.7, 1.3, 1)]


def test_windows_keep_all_speech_within_the_maximum() -> None:
    speech = np.random.default_rng(3).uniform(0, 1, 5000).astype(np.float32)
    found = regions(speech, frame_s=FRAME_S, onset=0.5, offset=0.1)
    cut = windows(found, speech, frame_s=FRAME_S, max_s=3.0)
    assert max(one.end - one.start for one in cut) <= 3.0 + 1e-9
    kept = [part for one in cut for part in one.regions]
    assert sum(map(_seconds, kept)) == pytest.approx(sum(map(_seconds, found)))
    assert all(before.end <= after.start + 1e-9 for before, after in zip(kept, kept[1:]))  # noqa: B905, RUF007


def _seconds(region: SpeechRegion) -> float:
    return region.end - region.start
