"""The time spans of masked words."""

from collections.abc import Sequence

import pytest

from whisperfarm_contract.transcript import Segment, Word
from whisperfarm_store.redaction.time_spans import span_of


def segment(start: float, timed: str, channel: int | None = None) -> Segment:
    """Return a segment with a word of a second for each letter, interpolated unless it is `t`."""
    words = tuple(
        Word(text="x", start=start + place, end=start + place + 0.8, interpolated=letter != "t")
        for place, letter in enumerate(timed)
    )
    return Segment(start=start, end=start + len(timed), text="x", words=words, channel=channel)


@pytest.mark.parametrize(
    ("segments", "number", "words", "expected"),
    [
        ([segment(0, "ttt")], 0, slice(1, 2), (1.0, 1.8)),
        ([segment(0, "ttt")], 0, slice(0), (0.0, 3.0)),
        ([segment(0, "tiiit")], 0, slice(2, 3), (0.8, 4.0)),
        ([segment(0, "iii")], 0, slice(1, 2), (0.0, 3.0)),
        ([segment(0, "ti"), segment(2, "i"), segment(3, "it")], 1, slice(0, 1), (0.8, 4.0)),
        ([segment(0, "i"), segment(2, "i"), segment(3, "i")], 1, slice(0, 1), (0.0, 4.0)),
        ([segment(0, "t", 1), segment(2, "i", 0), segment(3, "t", 1)], 1, slice(0, 1), (0.0, 4.0)),
        (
            [segment(0, "t"), segment(2, "i"), segment(3, "i"), segment(4, "t")],
            2,
            slice(0, 1),
            (0.8, 4.0),
        ),
    ],
)
def test_interpolated_words_extend_the_span_to_the_next_timed_one(
    segments: Sequence[Segment], number: int, words: slice, expected: tuple[float, float]
) -> None:
    assert span_of(segments, number, words) == pytest.approx(expected)


def test_words_without_length_have_the_span_of_their_segment() -> None:
    words = (Word(text="x", start=1.0, end=1.0),)
    assert span_of([Segment(start=0, end=2, text="x", words=words)], 0, slice(0, 1)) == (0, 2)
