"""Splits segments by sentence and by speaker."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from whisperfarm_contract.transcript import Segment, Word
from whisperfarm_worker.pipeline.postprocess.tokenization import slice_text


def split_segment(segment: Segment, groups: Sequence[Sequence[Word]]) -> list[Segment]:
    """Split a segment into one for each group of its words, which determine text and times.

    With a single group, the text stays exactly the same.
    """
    if len(groups) == 1:
        return [_segment_of(segment, segment.text, groups[0])]
    texts = slice_text(segment.text, [[word.text for word in group] for group in groups])
    return [_segment_of(segment, text, group) for text, group in zip(texts, groups, strict=True)]


def by_speaker(segment: Segment) -> list[Segment]:
    """Split a segment so that each part has one speaker."""
    if not segment.words:
        return [segment]
    return [
        replace(part, speaker=part.words[0].speaker)
        for part in split_segment(segment, list(_speaker_runs(segment.words)))
    ]


def _segment_of(segment: Segment, text: str, words: Sequence[Word]) -> Segment:
    end = max(word.end for word in words)
    return replace(segment, text=text, words=tuple(words), start=words[0].start, end=end)


def _speaker_runs(words: Sequence[Word]) -> Iterator[list[Word]]:
    """Yield runs of adjacent words with the same speaker."""
    run: list[Word] = []
    for word in words:
        if run and word.speaker != run[-1].speaker:
            yield run
            run = []
        run.append(word)
    yield run
