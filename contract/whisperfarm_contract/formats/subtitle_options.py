"""How a transcript is laid out as text: the subtitle flags of the `whisper` command, and labels."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from whisperfarm_contract import record
from whisperfarm_contract.fields import Kind, Switch, Whole
from whisperfarm_contract.record import member


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """What a caller may ask of the shape of the text. `None` means no limit."""

    max_line_width: int | None = member(Whole(1, 1000), "characters in a line of a subtitle")
    max_line_count: int | None = member(Whole(1, 100), "lines in a subtitle")
    max_words_per_line: int | None = member(Whole(1, 1000), "words in a subtitle")
    highlight_words: bool = member(Switch(), "underline each word as it is spoken", False)
    speaker_labels: bool = member(Switch(), "begin what a speaker says with their label", False)

    @property
    def needs_words(self) -> bool:
        """Whether subtitles are made of words; otherwise each segment is one subtitle."""
        limits = (self.max_line_width, self.max_line_count, self.max_words_per_line)
        return self.highlight_words or any(limit is not None for limit in limits)


KINDS: Mapping[str, Kind] = record.kinds(Layout)

PLAIN = Layout()
"""One subtitle per segment, no labels."""


def read(raw: Mapping[str, Any]) -> Layout:
    """The layout from form fields or JSON; an empty or null value means not given.

    Raises `OptionUnknown` or `OptionWrong`, naming the option.
    """
    return record.read(Layout, raw)


def label(speaker: str | None, layout: Layout) -> str:
    """What stands before a speaker's text: `[SPEAKER_00]: `, or nothing."""
    return f"[{speaker}]: " if layout.speaker_labels and speaker else ""
