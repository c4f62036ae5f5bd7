"""Splits a transcript into words with the whitespace before them.

Words are stored without whitespace, and not every script separates words by spaces. The whitespace
is therefore taken from the text of the segment.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from whisperfarm_contract.transcript import Segment, Transcript

_UNSPACED_LANGUAGES = frozenset({"zh", "ja", "th", "lo", "my", "yue"})
"""Languages whose text Whisper splits into characters, not into words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A word with the whitespace before it. `index` is its index in the segment."""

    text: str
    start: float
    end: float
    speaker: str | None
    index: int = 0

    def stripped(self) -> "Token":
        """Return the piece without whitespace around it, for the start of a line."""
        return replace(self, text=self.text.strip())

    def on_new_line(self) -> "Token":
        """Return the piece with a line break before it, in the same subtitle."""
        return replace(self, text="\n" + self.text.strip())


def tokens(transcript: Transcript) -> Iterator[Token]:
    """Yield all pieces in order; a segment without words is one piece."""
    for segment in transcript.segments:
        yield from _segment_tokens(segment, word_separator(segment, transcript))


def spaced_words(segment: Segment, transcript: Transcript) -> list[str]:
    """Return the segment's words, each with the text before it, or its whole text if it has no
    words."""
    space = word_separator(segment, transcript)
    if not segment.words:
        return [space + segment.text.strip()]
    return _spaced_words(segment, space)


def word_separator(segment: Segment, transcript: Transcript) -> str:
    """Return what separates the words: nothing in some languages. Translations are English."""
    if transcript.task == "translate":
        return " "
    return "" if (segment.language or transcript.language) in _UNSPACED_LANGUAGES else " "


def _segment_tokens(segment: Segment, space: str) -> Iterator[Token]:
    if not segment.words:
        text = space + _escape_arrow(segment.text.strip())
        yield Token(text=text, start=segment.start, end=segment.end, speaker=segment.speaker)
        return
    texts = _spaced_words(segment, space)
    for index, (word, text) in enumerate(zip(segment.words, texts, strict=True)):
        yield Token(
            text=_escape_arrow(text),
            start=word.start,
            end=word.end,
            speaker=segment.speaker,
            index=index,
        )


def _spaced_words(segment: Segment, space: str) -> list[str]:
    """Return the words with the text between them, or with spaces if the text lacks a word."""
    text, words = segment.text.strip(), [word.text for word in segment.words]
    spaced, position = [], 0
    for word in words:
        found = text.find(word, position)
        if found < 0:
            return [space + word for word in words]
        spaced.append(text[position : found + len(word)])
        position = found + len(word)
    spaced[0] = space + spaced[0]
    spaced[-1] += text[position:]
    return spaced


def _escape_arrow(text: str) -> str:
    """Replace the arrow that separates the times of a subtitle."""
    return text.replace("-->", "->")
