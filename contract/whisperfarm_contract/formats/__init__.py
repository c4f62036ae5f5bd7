"""The output formats: one class and one row of `FORMATS` each.

`get_format("srt").render(transcript, SubtitleOptions(max_line_width=40))` returns the content of a
file.

- `json_formats`, `txt_tsv`, `subtitles`, `ttml`: the formats
- `subtitle_options`, `cues`, `tokens`: how words are grouped into subtitles and lines
- `cue_timing`: how long subtitles are shown
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Protocol

from whisperfarm_contract.formats.json_formats import Json, VerboseJson
from whisperfarm_contract.formats.subtitle_options import DEFAULT_OPTIONS, SubtitleOptions
from whisperfarm_contract.formats.subtitles import Srt, Vtt
from whisperfarm_contract.formats.ttml import Ttml
from whisperfarm_contract.formats.txt_tsv import Tsv, Txt
from whisperfarm_contract.problems import UnknownFormat
from whisperfarm_contract.transcript import Transcript

__all__ = [
    "DEFAULT_OPTIONS",
    "FORMATS",
    "WHISPER_FORMATS",
    "Format",
    "SubtitleOptions",
    "get_format",
]


class Format(Protocol):
    """An output format of transcripts."""

    @property
    def extension(self) -> str:
        """The extension of the file, without the dot."""

    @property
    def media_type(self) -> str:
        """The media type without parameters; the encoding is always UTF-8."""

    def render(self, transcript: Transcript, options: SubtitleOptions = DEFAULT_OPTIONS) -> str:
        """Return the content of the file."""


FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        "json": Json(),
        "verbose_json": VerboseJson(),
        "txt": Txt(),
        "srt": Srt(),
        "vtt": Vtt(),
        "tsv": Tsv(),
        "ttml": Ttml(),
    }
)

WHISPER_FORMATS = ("txt", "vtt", "srt", "tsv", "json")
"""The formats that the `whisper` command writes for `--output_format all`."""


def get_format(name: str) -> Format:
    """Return the format; upper and lower case are equal. Raises `UnknownFormat`."""
    try:
        return FORMATS[name.lower()]
    except KeyError:
        raise UnknownFormat(
            f"there is no output format {name!r}; known: {', '.join(FORMATS)}"
            " ('all' means several files, which only whisper-remote can write)"
        ) from None
