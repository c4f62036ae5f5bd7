"""The words of a transcript with what Deepgram's answer says about each."""

import math
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from whisperfarm_contract.formats.tokens import spaced_words
from whisperfarm_contract.transcript import Segment, Transcript

_PART_OF_WORDS = "%&#@'"
"""Punctuation by Unicode that is not what `punctuate` adds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A word, or the text of a segment without words.

    `text` has the whitespace before it. `speaker` is a number, counted from 0.
    """

    text: str
    start: float
    end: float
    confidence: float
    speaker: int | None = None
    channel: int = 0
    is_word: bool = True

    def written(self, *, punctuation: bool) -> str:
        """Return the text with the whitespace before it, without punctuation and in lower case if
        that is asked for."""
        if punctuation:
            return self.text
        space = self.text[: len(self.text) - len(self.text.lstrip())]
        words = " ".join(filter(None, map(bare, self.text.split())))
        return space + words if words else ""


def sentences(transcript: Transcript, *, by_channel: bool) -> Sequence[Sequence[Piece]]:
    """Return the pieces of each segment that has text.

    With `by_channel`, each has the channel of its segment and no speaker.
    """
    speakers = {} if by_channel else speaker_numbers(transcript)
    found = (tuple(_pieces(one, transcript, speakers, by_channel)) for one in transcript.segments)
    return [pieces for pieces in found if pieces]


def speaker_numbers(transcript: Transcript) -> Mapping[str, int]:
    """Return the numbers of the speakers, in the order in which they first speak."""
    names = (word.speaker for word in transcript.words())
    labels = dict.fromkeys(name for name in (*names, *_segment_speakers(transcript)) if name)
    return {label: number for number, label in enumerate(labels)}


def text(pieces: Iterable[Piece], *, punctuation: bool) -> str:
    """Return the text of the pieces."""
    return "".join(piece.written(punctuation=punctuation) for piece in pieces).strip()


def confidence(pieces: Sequence[Piece]) -> float:
    """Return the mean confidence, 0 if there are no pieces."""
    return round(fmean(piece.confidence for piece in pieces), 4) if pieces else 0.0


def words(pieces: Iterable[Piece], *, punctuation: bool) -> list[dict[str, Any]]:
    """Return the words among the pieces, as Deepgram writes them."""
    return [_word(piece, punctuation=punctuation) for piece in pieces if piece.is_word]


def bare(word: str) -> str:
    """Return the word in lower case, without the punctuation around it."""
    start, end = 0, len(word)
    while start < end and _is_punctuation(word[start]):
        start += 1
    while end > start and _is_punctuation(word[end - 1]):
        end -= 1
    return word[start:end].lower()


def _is_punctuation(char: str) -> bool:
    return unicodedata.category(char).startswith("P") and char not in _PART_OF_WORDS


def _word(piece: Piece, *, punctuation: bool) -> dict[str, Any]:
    written = piece.text.strip()
    return {
        "word": bare(written) or written,
        "start": piece.start,
        "end": piece.end,
        "confidence": piece.confidence,
        **({} if piece.speaker is None else {"speaker": piece.speaker}),
        **({"punctuated_word": written} if punctuation else {}),
    }


def _pieces(
    segment: Segment, transcript: Transcript, speakers: Mapping[str, int], by_channel: bool
) -> Iterator[Piece]:
    channel = (segment.channel or 0) if by_channel else 0
    by_model = round(math.exp(min(segment.avg_logprob, 0.0)), 4) if segment.avg_logprob else 0.0
    texts = spaced_words(segment, transcript)
    if not segment.words and segment.text.strip():
        yield Piece(
            text=texts[0],
            start=segment.start,
            end=segment.end,
            confidence=by_model,
            speaker=speakers.get(segment.speaker or ""),
            channel=channel,
            is_word=False,
        )
    for word, written in zip(segment.words, texts, strict=False):
        yield Piece(
            text=written,
            start=word.start,
            end=word.end,
            confidence=by_model if word.score is None else word.score,
            speaker=speakers.get(word.speaker or segment.speaker or ""),
            channel=channel,
        )


def _segment_speakers(transcript: Transcript) -> Iterator[str | None]:
    return (segment.speaker for segment in transcript.segments)
