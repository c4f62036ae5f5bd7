"""From probabilities of speech to windows."""

import numpy as np
import pytest
from numpy.typing import NDArray

from whisperfarm_worker.engines.faster_whisper.vad_regions import pieces, stretches
from whisperfarm_worker.pipeline.state import Stretch

FRAME_S = 0.1


def _speech(line: str) -> NDArray[np.float32]:
    """A digit for each tenth of a second: 9 is sure speech, 0 is none."""
    return np.array([int(one) / 10 for one in line], np.float32)


def _found(line: str, *, onset: float = 0.5, offset: float = 0.3) -> list[tuple[float, float]]:
    found = stretches(_speech(line), frame_s=FRAME_S, onset=onset, offset=offset)
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
def test_speech_begins_at_the_onset_and_ends_below_the_offset(
    line: str, found: list[tuple[float, float]]
) -> None:
    assert _found(line) == found


def test_a_job_may_ask_for_more_certainty() -> None:
    assert _found("0006660000", onset=0.7) == []


def _pieces(line: str, longest_s: float) -> list[tuple[float, float, int]]:
    speech = _speech(line)
    found = stretches(speech, frame_s=FRAME_S, onset=0.5, offset=0.3)
    cut = pieces(found, speech, frame_s=FRAME_S, longest_s=longest_s)
    return [(round(one.start, 3), round(one.end, 3), len(one.stretches)) for one in cut]


def test_stretches_share_a_piece_as_long_as_there_is_room() -> None:
    line = "0999000999000999000"
    assert _pieces(line, 1.1) == [(0.0, 1.1, 2), (1.2, 1.7, 1)]
    assert _pieces(line, 0.6) == [(0.0, 0.5, 1), (0.6, 1.1, 1), (1.2, 1.7, 1)]


def test_what_is_too_long_is_cut_where_speech_is_least_likely() -> None:
    assert _pieces("9999999599999", 1.0) == [(0.0, 0.7, 1), (0.7, 1.3, 1)]


def test_no_piece_is_longer_than_allowed_and_none_of_the_speech_is_lost() -> None:
    speech = np.random.default_rng(3).uniform(0, 1, 5000).astype(np.float32)
    found = stretches(speech, frame_s=FRAME_S, onset=0.5, offset=0.1)
    cut = pieces(found, speech, frame_s=FRAME_S, longest_s=3.0)
    assert max(one.end - one.start for one in cut) <= 3.0 + 1e-9
    kept = [part for one in cut for part in one.stretches]
    assert sum(map(_seconds, kept)) == pytest.approx(sum(map(_seconds, found)))
    assert all(before.end <= after.start + 1e-9 for before, after in zip(kept, kept[1:]))  # noqa: B905, RUF007


def _seconds(stretch: Stretch) -> float:
    return stretch.end - stretch.start
