"""Segments by group and by speaker."""

from whisperfarm_contract.transcript import Segment, Word
from whisperfarm_worker.pipeline.postprocess.segments import by_speaker, split_segment


def _segment(text: str, *speakers: str | None) -> Segment:
    words = tuple(
        Word(text=word, start=float(number), end=number + 0.5, speaker=speaker)
        for number, (word, speaker) in enumerate(zip(text.split(), speakers, strict=True))
    )
    return Segment(start=0.0, end=9.0, text=text, words=words, avg_logprob=-0.5, channel=1)


def test_segment_ends_with_its_last_word() -> None:
    (piece,) = split_segment(_segment("a b", None, None), [_segment("a b", None, None).words])
    assert (piece.start, piece.end, piece.text) == (0.0, 1.5, "a b")


def test_split_segments_have_their_own_text_and_times() -> None:
    whole = _segment("one, two three.", None, None, None)
    first, second = split_segment(whole, [whole.words[:1], whole.words[1:]])
    assert (first.text, first.start, first.end) == ("one,", 0.0, 0.5)
    assert (second.text, second.start, second.end) == ("two three.", 1.0, 2.5)
    assert (second.avg_logprob, second.channel) == (-0.5, 1)


def test_segment_is_split_at_a_speaker_change() -> None:
    pieces = by_speaker(_segment("a b c d", "x", "x", "y", "x"))
    assert [(piece.text, piece.speaker) for piece in pieces] == [
        ("a b", "x"),
        ("c", "y"),
        ("d", "x"),
    ]


def test_segment_of_one_speaker_is_not_split() -> None:
    (piece,) = by_speaker(_segment("a b", "x", "x"))
    assert (piece.text, piece.speaker) == ("a b", "x")


def test_segment_without_words_is_unchanged() -> None:
    empty = Segment(start=0.0, end=1.0, text="")
    assert by_speaker(empty) == [empty]
