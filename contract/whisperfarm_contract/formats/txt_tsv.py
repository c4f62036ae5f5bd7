"""Plain text and TSV, one line per segment, byte for byte as openai-whisper writes them."""

from typing import ClassVar

from whisperfarm_contract.formats.subtitle_options import (
    DEFAULT_OPTIONS,
    SubtitleOptions,
    speaker_prefix,
)
from whisperfarm_contract.transcript import Segment, Transcript


class Txt:
    """Plain text without times."""

    extension: ClassVar[str] = "txt"
    media_type: ClassVar[str] = "text/plain"

    def render(self, transcript: Transcript, options: SubtitleOptions = DEFAULT_OPTIONS) -> str:
        return "".join(_text(segment, options) + "\n" for segment in transcript.segments)


class Tsv:
    """Start and end in milliseconds and the text, separated by tabs."""

    extension: ClassVar[str] = "tsv"
    media_type: ClassVar[str] = "text/tab-separated-values"

    def render(self, transcript: Transcript, options: SubtitleOptions = DEFAULT_OPTIONS) -> str:
        rows = (_row(segment, options) for segment in transcript.segments)
        return "".join(("start\tend\ttext\n", *rows))


def _row(segment: Segment, options: SubtitleOptions) -> str:
    text = _text(segment, options).replace("\t", " ")
    return f"{round(1000 * segment.start)}\t{round(1000 * segment.end)}\t{text}\n"


def _text(segment: Segment, options: SubtitleOptions) -> str:
    return speaker_prefix(segment.speaker, options) + segment.text.strip()
