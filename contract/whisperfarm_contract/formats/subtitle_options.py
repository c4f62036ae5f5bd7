"""The layout of text and subtitles: the subtitle flags of `whisper`, and speaker labels."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from whisperfarm_contract import record
from whisperfarm_contract.fields import Kind, Switch, Whole
from whisperfarm_contract.record import member


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The layout of one output file. `None` means no limit."""

    max_line_width: int | None = member(Whole(1, 1000), "maximum characters per subtitle line")
    max_line_count: int | None = member(
        Whole(1, 100), "maximum lines per subtitle; requires max_line_width"
    )
    max_words_per_line: int | None = member(Whole(1, 1000), "maximum words per subtitle")
    highlight_words: bool = member(Switch(), "underline each word while it is spoken", False)
    speaker_labels: bool = member(
        Switch(), "put a label such as `[SPEAKER_00]:` before the text of each speaker", False
    )

    @property
    def needs_words(self) -> bool:
        """Whether subtitles are made of words; otherwise each segment becomes one subtitle."""
        limits = (self.max_line_width, self.max_line_count, self.max_words_per_line)
        return self.highlight_words or any(limit is not None for limit in limits)


KINDS: Mapping[str, Kind] = record.kinds(Layout)

PLAIN = Layout()
"""One subtitle per segment, no labels."""


def read(raw: Mapping[str, Any]) -> Layout:
    """Read the layout from form fields or JSON; an empty or null value means not given.

    Raises `OptionUnknown` or `OptionWrong` with the name of the option.
    """
    return record.read(Layout, raw)


def label(speaker: str | None, layout: Layout) -> str:
    """Return the label before a speaker's text, such as `[SPEAKER_00]: `, or an empty string."""
    return f"[{speaker}]: " if layout.speaker_labels and speaker else ""
