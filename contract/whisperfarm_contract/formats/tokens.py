"""The text of a transcript in pieces: one word each, with the space that stands before it.

Our words carry no spaces, and not every script puts spaces between words, so they are looked up
in the text of their segment.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from whisperfarm_contract.transcript import Segment, Transcript

_WITHOUT_SPACES = frozenset({"zh", "ja", "th", "lo", "my", "yue"})
"""Languages whose text Whisper splits into characters instead of words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A word with what stands before it. `place` counts the pieces of its segment from 0."""

    text: str
    start: float
    end: float
    speaker: str | None
    place: int = 0

    def stripped(self) -> "Piece":
        """The piece without space around it: as it stands at the begin of a line."""
        return replace(self, text=self.text.strip())

    def on_new_line(self) -> "Piece":
        """The piece at the begin of the next line of the same subtitle."""
        return replace(self, text="\n" + self.text.strip())


def pieces(transcript: Transcript) -> Iterator[Piece]:
    """All pieces in order; a segment whose words are not known is one piece."""
    space = "" if transcript.language in _WITHOUT_SPACES else " "
    for segment in transcript.segments:
        yield from _of_segment(segment, space)


def _of_segment(segment: Segment, space: str) -> Iterator[Piece]:
    if not segment.words:
        text = space + _safe(segment.text.strip())
        yield Piece(text=text, start=segment.start, end=segment.end, speaker=segment.speaker)
        return
    texts = _spaced(segment, space)
    for place, (word, text) in enumerate(zip(segment.words, texts, strict=True)):
        yield Piece(
            text=_safe(text), start=word.start, end=word.end, speaker=segment.speaker, place=place
        )


def _spaced(segment: Segment, space: str) -> list[str]:
    """The words with the text between them; when they are not in the text, with plain spaces."""
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


def _safe(text: str) -> str:
    """An arrow would read as the times of a subtitle."""
    return text.replace("-->", "->")
