"""The layout of text and subtitles: the subtitle flags of `whisper`, and speaker labels."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from whisperfarm_contract import schema_fields
from whisperfarm_contract.field_types import Boolean, Enum, FieldType, Integer, Number
from whisperfarm_contract.schema_fields import option_field

TIMECODES = ("audio", "recording")
"""What the times of subtitles count from: the start of the audio, or as its time code does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SubtitleOptions:
    """The layout of one output file. `None` means no limit."""

    max_line_width: int | None = option_field(
        Integer(1, 1000), "maximum characters per subtitle line"
    )
    max_line_count: int | None = option_field(
        Integer(1, 100), "maximum lines per subtitle; requires max_line_width"
    )
    max_words_per_line: int | None = option_field(Integer(1, 1000), "maximum words per subtitle")
    max_chars_per_second: float | None = option_field(
        Number(1, 100),
        "reading speed: a subtitle stays for longer, until the next one, if it has more characters",
    )
    min_cue_duration_s: float | None = option_field(
        Number(0.1, 60), "minimum time of a subtitle, if the next one leaves it"
    )
    max_cue_duration_s: float | None = option_field(
        Number(0.5, 600), "maximum time of a subtitle; it is split between words"
    )
    min_cue_gap_s: float | None = option_field(
        Number(0, 10), "minimum pause between two subtitles; the first one ends earlier"
    )
    highlight_words: bool = option_field(Boolean(), "underline each word while it is spoken", False)
    speaker_labels: bool = option_field(
        Boolean(), "put a label such as `[SPEAKER_00]:` before the text of each speaker", False
    )
    timecode: str = option_field(
        Enum(TIMECODES),
        "`recording`: times of srt, vtt and ttml count from `recording.start_s` of the transcript,"
        " if it has one; `audio`: from the start of the audio",
        "audio",
    )

    @property
    def needs_words(self) -> bool:
        """Whether subtitles are made of words; otherwise each segment becomes one subtitle."""
        limits = (
            self.max_line_width,
            self.max_line_count,
            self.max_words_per_line,
            self.max_cue_duration_s,
        )
        return self.highlight_words or any(limit is not None for limit in limits)

    @property
    def limits_timing(self) -> bool:
        """Whether the times of subtitles may differ from those of their words.

        They never do with `highlight_words`, which has a subtitle for each word.
        """
        limits = (
            self.max_chars_per_second,
            self.min_cue_duration_s,
            self.max_cue_duration_s,
            self.min_cue_gap_s,
        )
        return not self.highlight_words and any(limit is not None for limit in limits)


FIELD_TYPES: Mapping[str, FieldType] = schema_fields.field_types(SubtitleOptions)

DEFAULT_OPTIONS = SubtitleOptions()
"""One subtitle per segment, no labels."""


def read(raw: Mapping[str, Any], *, also_known: Iterable[str] = ()) -> SubtitleOptions:
    """Read the layout from form fields or JSON; an empty or null value means not given.

    Raises `UnknownOption` or `InvalidOption` with the name of the option. `UnknownOption` also
    lists the names in `also_known`, which the caller reads itself.
    """
    return schema_fields.read(SubtitleOptions, raw, also_known=also_known)


def speaker_prefix(speaker: str | None, options: SubtitleOptions) -> str:
    """Return the label before a speaker's text, such as `[SPEAKER_00]: `, or an empty string."""
    return f"[{speaker}]: " if options.speaker_labels and speaker else ""
