"""Peaks as bytes and as JSON."""

import pytest

from whisperfarm_contract import peaks
from whisperfarm_contract.peaks import FULL_SCALE, MAX_PEAKS, Peaks

MADE = Peaks(2.5, ((-FULL_SCALE, 0), (0, FULL_SCALE), (-1, 2)))


def test_bytes_are_read_as_they_were_written() -> None:
    assert peaks.from_bytes(MADE.to_bytes()) == MADE
    assert peaks.from_bytes(Peaks(0.0, ()).to_bytes()) == Peaks(0.0, ())


def test_document_has_samples_from_minus_one_to_one() -> None:
    assert MADE.to_wire() == {"duration_s": 2.5, "peaks": [[-1, 0], [0, 1], [0, 0.0001]]}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        MADE.to_bytes()[:-1],
        b"WFP0" + MADE.to_bytes()[4:],
        Peaks(float("nan"), ()).to_bytes(),
        Peaks(1.0, ((0, 0),) * (MAX_PEAKS + 1)).to_bytes(),
    ],
)
def test_other_bytes_are_rejected(content: bytes) -> None:
    with pytest.raises(ValueError, match="peaks"):
        peaks.from_bytes(content)
