"""Groups the words of a transcript into subtitles.

The rules are those of openai-whisper's subtitle writer, so that its flags have the same effect.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from whisperfarm_contract.formats.subtitle_options import Layout, label
from whisperfarm_contract.formats.tokens import Piece, pieces
from whisperfarm_contract.transcript import Transcript

LONG_PAUSE_S = 3.0
"""A subtitle that spans segments ends if the next word starts this much later than the last."""

_NO_LIMIT = 1000


@dataclass(frozen=True, slots=True)
class Cue:
    """One subtitle. Times are milliseconds from the start of the audio."""

    start_ms: int
    end_ms: int
    text: str


def cues(transcript: Transcript, layout: Layout) -> Iterator[Cue]:
    """Yield the subtitles in order, made of words if the layout needs it, else one per segment."""
    if not (layout.needs_words and any(transcript.words())):
        yield from _of_segments(transcript, layout)
        return
    for page in _pages(pieces(transcript), layout):
        yield from _highlighted(page, layout) if layout.highlight_words else _whole(page, layout)


def _of_segments(transcript: Transcript, layout: Layout) -> Iterator[Cue]:
    for segment in transcript.segments:
        text = segment.text.strip().replace("-->", "->")
        yield Cue(_ms(segment.start), _ms(segment.end), label(segment.speaker, layout) + text)


def _pages(stream: Iterable[Piece], layout: Layout) -> Iterator[list[Piece]]:
    """Yield the pieces of each subtitle, with line breaks in their text."""
    page = _Page(layout)
    for piece in stream:
        if page.is_over(piece):
            yield page.pieces
            page = _Page(layout)
        page.add(piece)
    if page.pieces:
        yield page.pieces


class _Page:
    """Collects the pieces of one subtitle."""

    def __init__(self, layout: Layout) -> None:
        self.pieces: list[Piece] = []
        self._layout = layout
        self._width = layout.max_line_width or _NO_LIMIT
        self._keeps_segments = layout.max_line_count is None or layout.max_line_width is None
        self._line_chars = 0
        self._lines = 1

    def is_over(self, piece: Piece) -> bool:
        """Whether the piece has to start a new subtitle."""
        if not self.pieces:
            return False
        if self._opens_another(piece):
            return True
        most = self._layout.max_line_count
        is_last_line = most is not None and self._lines >= most
        return self._after_pause(piece) or (is_last_line and not self._has_room(piece))

    def add(self, piece: Piece) -> None:
        """Add the piece, on a new line if the current one is full."""
        if self._line_chars and self._has_room(piece):
            self._line_chars += len(piece.text)
        else:
            piece = piece.stripped()
            text_chars = len(piece.text)
            if self._line_chars:
                self._lines += 1
                piece = piece.on_new_line()
            self._line_chars = text_chars
        self.pieces.append(piece)

    def _opens_another(self, piece: Piece) -> bool:
        if self._layout.speaker_labels and piece.speaker != self.pieces[-1].speaker:
            return True
        most_words = self._layout.max_words_per_line or _NO_LIMIT
        return self._keeps_segments and piece.place % most_words == 0

    def _after_pause(self, piece: Piece) -> bool:
        return not self._keeps_segments and piece.start - self.pieces[-1].start > LONG_PAUSE_S

    def _has_room(self, piece: Piece) -> bool:
        return self._line_chars > 0 and self._line_chars + len(piece.text) <= self._width


def _whole(page: list[Piece], layout: Layout) -> Iterator[Cue]:
    text = label(page[0].speaker, layout) + _joined(page)
    yield Cue(_ms(page[0].start), _ms(page[-1].end), text)


def _highlighted(page: list[Piece], layout: Layout) -> Iterator[Cue]:
    """Yield one subtitle per word with that word underlined, and plain ones between words."""
    prefix = label(page[0].speaker, layout)
    last_ms = _ms(page[0].start)
    for place, piece in enumerate(page):
        start_ms, end_ms = _ms(piece.start), _ms(piece.end)
        if last_ms != start_ms:
            yield Cue(last_ms, start_ms, prefix + _joined(page))
        yield Cue(start_ms, end_ms, prefix + _joined(page, underlined=place))
        last_ms = end_ms


def _joined(page: list[Piece], underlined: int | None = None) -> str:
    texts = (piece.text for piece in page)
    return "".join(_underline(t) if i == underlined else t for i, t in enumerate(texts))


def _underline(text: str) -> str:
    bare = text.lstrip()
    return f"{text[: len(text) - len(bare)]}<u>{bare}</u>"


def _ms(seconds: float) -> int:
    return round(seconds * 1000.0)
