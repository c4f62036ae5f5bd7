"""The output formats: one small class and one table row each.

`find("srt").render(transcript, Layout(max_line_width=40, max_line_count=2))` returns a whole file.

- `json_formats`, `txt_tsv`, `subtitles`: the formats
- `subtitle_options`, `cues`, `tokens`: how words are grouped into lines of subtitles
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Protocol

from whisperfarm_contract.formats.json_formats import Json, VerboseJson
from whisperfarm_contract.formats.subtitle_options import PLAIN, Layout
from whisperfarm_contract.formats.subtitles import Srt, Vtt
from whisperfarm_contract.formats.txt_tsv import Tsv, Txt
from whisperfarm_contract.problems import FormatUnknown
from whisperfarm_contract.transcript import Transcript

__all__ = ["ALL", "FORMATS", "PLAIN", "Format", "Layout", "find"]


class Format(Protocol):
    """One way to write a transcript down."""

    @property
    def extension(self) -> str:
        """What a file of this format is called after the dot."""

    @property
    def media_type(self) -> str:
        """The media type, without parameters; the text is always UTF-8."""

    def render(self, transcript: Transcript, layout: Layout = PLAIN) -> str:
        """The whole file."""


FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        "json": Json(),
        "verbose_json": VerboseJson(),
        "txt": Txt(),
        "srt": Srt(),
        "vtt": Vtt(),
        "tsv": Tsv(),
    }
)

ALL = ("txt", "vtt", "srt", "tsv", "json")
"""The files that the `whisper` command writes for `--output_format all`."""


def find(name: str) -> Format:
    """The format of that name in any case, or `FormatUnknown` naming those that there are."""
    try:
        return FORMATS[name.lower()]
    except KeyError:
        raise FormatUnknown(
            f"no output format is called {name!r}; known: {', '.join(FORMATS)}"
            " ('all' means several files: only whisper-remote can write it)"
        ) from None
