"""What a caller may ask of one job: one table of options, read from any wire.

Only options that change the result are here. Flags of the `whisper` command that mean nothing on
a farm are dropped by the client, and say so in its `--help`.
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
    """The options of one job. `None` means: as the preset has it."""

    model: str | None = member(Text(200), "preset or Whisper model name; none: the farm's first")
    task: str = member(Choice(TASKS), "transcribe, or translate into English", "transcribe")
    language: str | None = member(
        Language(), "code or English name; none: detected", refusal=LanguageUnknown
    )
    initial_prompt: str | None = member(Text(2000), "text that the speech model sees first")
    hotwords: str | None = member(Text(2000), "words to expect, such as names")
    beam_size: int | None = member(Whole(1, 20), "how many hypotheses are kept while decoding")
    patience: float | None = member(Number(0.1, 10), "how long the beam search goes on")
    length_penalty: float | None = member(Number(-5, 5), "what long hypotheses cost")
    suppress_numerals: bool | None = member(Switch(), "spell numbers out")
    vad_onset: float | None = member(Number(0.01, 0.99), "how sure of speech to begin a stretch")
    vad_offset: float | None = member(Number(0.01, 0.99), "how unsure of speech to end it")
    align: bool | None = member(Switch(), "time every word by forced alignment")
    diarize: bool | None = member(Switch(), "tell speakers apart")
    num_speakers: int | None = member(Whole(1, 50), "how many speakers there are, when known")
    min_speakers: int | None = member(Whole(1, 50), "at least so many speakers")
    max_speakers: int | None = member(Whole(1, 50), "at most so many speakers")
    channels: str = member(
        Choice(("mix", "speakers")), "mix all channels, or take each for one speaker", "mix"
    )
    encoding: str | None = member(Choice(ENCODINGS), "of headerless audio; it is taken as such")
    sample_rate: int | None = member(
        Whole(4000, 192_000), "true rate in Hz: of headerless audio, or where the header is wrong"
    )

    def to_wire(self) -> dict[str, Any]:
        """The options that were given, as JSON takes them."""
        return record.given(self)


KINDS: Mapping[str, Kind] = record.kinds(Options)


def read(raw: Mapping[str, Any]) -> Options:
    """The options from form fields or JSON; an empty or null value means not given.

    Raises `OptionUnknown`, `OptionWrong` or `LanguageUnknown`, naming the option.
    """
    found = record.read(Options, raw)
    _check_together(found)
    return found


def _check_together(found: Options) -> None:
    least, most = found.min_speakers, found.max_speakers
    if least is not None and most is not None and least > most:
        raise OptionWrong(f"min_speakers ({least}) is above max_speakers ({most})")
    if found.encoding is not None and found.sample_rate is None:
        raise OptionWrong("encoding: headerless audio needs sample_rate as well, in Hz")


def json_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of the wire form."""
    return record.json_schema(Options, title="Options of a whisperfarm job")
