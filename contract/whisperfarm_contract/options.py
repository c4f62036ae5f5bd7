"""The transcription options of a job, the same for HTTP, AMQP and the client.

Only options that change the transcript are here. The client accepts and ignores the flags of the
`whisper` command that have no effect on a farm; its `--help` lists them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from whisperfarm_contract import record
from whisperfarm_contract.fields import Choice, Kind, Language, Number, Switch, Text, Whole
from whisperfarm_contract.problems import LanguageUnknown, OptionWrong
from whisperfarm_contract.record import member

TASKS = ("transcribe", "translate")
ENCODINGS = ("s16le", "mulaw", "alaw")


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The options of one job. `None` means that the preset or the engine decides."""

    model: str | None = member(
        Text(200), "preset or Whisper model; default: the first preset that the farm serves"
    )
    task: str = member(
        Choice(TASKS), "transcribe in the spoken language, or translate to English", "transcribe"
    )
    language: str | None = member(
        Language(),
        "spoken language as a code or English name; default: detected",
        refusal=LanguageUnknown,
    )
    initial_prompt: str | None = member(
        Text(2000), "text given to the speech model as context before the recording"
    )
    hotwords: str | None = member(
        Text(2000), "words that the recording is likely to contain, such as names"
    )
    beam_size: int | None = member(Whole(1, 20), "number of hypotheses in the beam search")
    patience: float | None = member(
        Number(0.1, 10), "patience factor of the beam search; higher values search longer"
    )
    length_penalty: float | None = member(
        Number(-5, 5), "exponent by which the beam search normalizes scores for length"
    )
    suppress_numerals: bool | None = member(Switch(), "write numbers as words instead of digits")
    vad_onset: float | None = member(
        Number(0.01, 0.99), "speech probability at which a speech region starts"
    )
    vad_offset: float | None = member(
        Number(0.01, 0.99), "speech probability below which a speech region ends"
    )
    align: bool | None = member(Switch(), "compute start and end of each word by forced alignment")
    diarize: bool | None = member(Switch(), "assign a speaker to each word")
    num_speakers: int | None = member(Whole(1, 50), "exact number of speakers, if known")
    min_speakers: int | None = member(Whole(1, 50), "minimum number of speakers")
    max_speakers: int | None = member(Whole(1, 50), "maximum number of speakers")
    channels: str = member(
        Choice(("mix", "speakers")),
        "mix all channels, or transcribe each channel as one speaker",
        "mix",
    )
    encoding: str | None = member(
        Choice(ENCODINGS), "sample format of headerless audio; requires sample_rate"
    )
    sample_rate: int | None = member(
        Whole(4000, 192_000),
        "sample rate in Hz, for headerless audio or to correct a wrong header",
    )

    def to_wire(self) -> dict[str, Any]:
        """Return the options that differ from their defaults, as JSON values."""
        return record.given(self)


KINDS: Mapping[str, Kind] = record.kinds(Options)


def read(raw: Mapping[str, Any]) -> Options:
    """Read the options from form fields or JSON; an empty or null value means not given.

    Raises `OptionUnknown`, `OptionWrong` or `LanguageUnknown` with the name of the option.
    """
    found = record.read(Options, raw)
    _check_together(found)
    return found


def _check_together(found: Options) -> None:
    least, most = found.min_speakers, found.max_speakers
    if least is not None and most is not None and least > most:
        raise OptionWrong(f"min_speakers ({least}) is above max_speakers ({most})")
    if found.encoding is not None and found.sample_rate is None:
        raise OptionWrong("encoding: headerless audio has no sample rate; set sample_rate in Hz")


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of the wire form."""
    return record.json_schema(Options, title="Options of a whisperfarm job")
