"""The transcription options of a job, the same for HTTP, AMQP and the client.

Only options that change the transcript are here. The client accepts and ignores the flags of the
`whisper` command that have no effect on a farm; its `--help` lists them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from whisperfarm_contract import legs, schema_fields
from whisperfarm_contract.channel_names import ChannelNames
from whisperfarm_contract.clip_timestamps import ClipTimestamps
from whisperfarm_contract.field_types import (
    AudioTrack,
    Boolean,
    Enum,
    FieldType,
    Integer,
    Number,
    String,
    TokenIds,
)
from whisperfarm_contract.kind_list import KindList
from whisperfarm_contract.language_choice import AUTO, Language, LanguageList
from whisperfarm_contract.legs import LegNames, LegOffsets
from whisperfarm_contract.media.headerless import ENCODINGS
from whisperfarm_contract.presets import MAX_BEAM_SIZE
from whisperfarm_contract.problems import InvalidOption, UnknownLanguage
from whisperfarm_contract.quality import QUALITIES
from whisperfarm_contract.schema_fields import option_field
from whisperfarm_contract.vocabulary import MAX_HOTWORDS_CHARS, VOCABULARY_NAME

TASKS = ("transcribe", "translate")


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The options of one job. `None` means that the preset or the engine decides."""

    model: str | None = option_field(
        String(200), "preset or Whisper model; default: the first preset that the farm serves"
    )
    quality: str | None = option_field(
        Enum(QUALITIES),
        "models of the farm's profile; instead of model; default: standard, if the farm has a"
        " profile",
    )
    noisy: bool | None = option_field(
        Boolean(), "whether the recording is noisy: the farm's profile may have models for that"
    )
    task: str = option_field(
        Enum(TASKS), "transcribe in the spoken language, or translate to English", "transcribe"
    )
    language: str | None = option_field(
        Language(),
        "spoken language as a code or English name; auto: detected for each window; default:"
        " detected once for each channel",
        error_type=UnknownLanguage,
    )
    languages: str | None = option_field(
        LanguageList(),
        "spoken languages, such as en,de, among which the language of each window is detected",
        error_type=UnknownLanguage,
    )
    initial_prompt: str | None = option_field(
        String(2000), "text given to the speech model as context before the recording"
    )
    hotwords: str | None = option_field(
        String(MAX_HOTWORDS_CHARS), "words that the recording is likely to contain, such as names"
    )
    vocabulary: str | None = option_field(
        VOCABULARY_NAME, "vocabulary kept on the farm, whose words follow those of hotwords"
    )
    beam_size: int | None = option_field(
        Integer(1, MAX_BEAM_SIZE), "number of hypotheses in the beam search"
    )
    patience: float | None = option_field(
        Number(0.1, 10), "patience factor of the beam search; higher values search longer"
    )
    length_penalty: float | None = option_field(
        Number(-5, 5), "exponent by which the beam search normalizes scores for length"
    )
    suppress_numerals: bool | None = option_field(
        Boolean(), "write numbers as words instead of digits"
    )
    suppress_tokens: str | None = option_field(
        TokenIds(), "numbers of tokens that the text may not have; -1: the model's own list"
    )
    temperature: float | None = option_field(
        Number(0, 1), "sampling temperature; 0, the default, is beam search"
    )
    temperature_increment_on_fallback: float | None = option_field(
        Number(0, 1),
        "temperature step for decoding a doubtful window again; default: 0.2; 0: never again",
    )
    compression_ratio_threshold: float | None = option_field(
        Number(1, 100), "compression ratio above which a text is repetitive; default: 2.4"
    )
    logprob_threshold: float | None = option_field(
        Number(-100, 0), "mean log probability below which a text is improbable; default: -1"
    )
    no_speech_threshold: float | None = option_field(
        Number(0, 1),
        "no-speech probability above which an improbable text is dropped; default: 0.6",
    )
    hallucination_silence_threshold: float | None = option_field(
        Number(0, 3600),
        "seconds of silence beside which improbable words are dropped; default: none are dropped",
    )
    clip_timestamps: str | None = option_field(
        ClipTimestamps(),
        "parts of the recording to transcribe: start,end,start,end,... in seconds; without the last"
        " end, the last part ends with the recording",
    )
    vad_onset: float | None = option_field(
        Number(0.01, 0.99), "speech probability at which a speech region starts"
    )
    vad_offset: float | None = option_field(
        Number(0.01, 0.99), "speech probability below which a speech region ends"
    )
    align: bool | None = option_field(
        Boolean(), "compute start and end of each word by forced alignment"
    )
    diarize: bool | None = option_field(
        Boolean(),
        "assign a speaker to each word, in each leg of a call by itself; not with"
        " channels=speakers",
    )
    num_speakers: int | None = option_field(
        Integer(1, 50),
        "exact number of speakers, in each leg of a call, if known; not with channels=speakers",
    )
    min_speakers: int | None = option_field(
        Integer(1, 50),
        "minimum number of speakers, in each leg of a call; not with channels=speakers",
    )
    max_speakers: int | None = option_field(
        Integer(1, 50),
        "maximum number of speakers, in each leg of a call; not with channels=speakers",
    )
    name_speakers: bool | None = option_field(
        Boolean(), "name the speakers whose voices the tenant has enrolled; with diarize"
    )
    keep_voices: bool | None = option_field(
        Boolean(),
        "keep the voices of the speakers with the transcript, so that they can be enrolled; with"
        " diarize",
    )
    channels: str = option_field(
        Enum(("mix", "speakers")),
        "mix all channels, or transcribe each channel as one speaker",
        "mix",
    )
    channel_names: str | None = option_field(
        ChannelNames(),
        "with channels=speakers: names of the channels, such as agent,customer, which the"
        " transcript has as speakers",
    )
    crosstalk: str = option_field(
        Enum(("suppress", "keep")),
        "with channels=speakers: leave out speech that is a copy of another channel, or keep it",
        "suppress",
    )
    leg_offset_s: str | None = option_field(
        LegOffsets(),
        "for several recordings of one call, its legs: the second at which each starts on the"
        " common time line, such as 0,5.2",
    )
    leg_name: str | None = option_field(
        LegNames(),
        "names of the legs, such as agent,customer, which the transcript has as speakers",
    )
    track: str | None = option_field(
        AudioTrack(),
        "audio track of a file with several: its number, counted from 0, or its language; default:"
        " the first that is not silent",
    )
    redact: str | None = option_field(
        KindList(),
        "kinds of data, such as card,phone or all, that a redacted copy of the recording masks",
    )
    redact_sound: str = option_field(
        Enum(("mute", "beep")), "with redact: what replaces the masked audio", "mute"
    )
    originals: str = option_field(
        Enum(("keep", "destroy")),
        "with redact: keep the recording and the text, or destroy them: only what is redacted is"
        " stored, and the recording is deleted once the job has succeeded",
        "keep",
    )
    encoding: str | None = option_field(
        Enum(tuple(ENCODINGS)),
        "encoding of headerless audio; all but g722 and gsm require sample_rate",
    )
    sample_rate: int | None = option_field(
        Integer(4000, 192_000),
        "sample rate in Hz, for headerless audio or to correct a wrong header",
    )

    @property
    def asks_for_quality(self) -> bool:
        """Whether the farm's profile chooses the models."""
        return self.quality is not None or bool(self.noisy)

    @property
    def fixed_language(self) -> str | None:
        """The code of the spoken language, or `None` if it is to be detected."""
        return None if self.language == AUTO else self.language

    @property
    def listed_languages(self) -> tuple[str, ...]:
        """The codes of `languages`; empty if it is not given."""
        return tuple(self.languages.split(",")) if self.languages else ()

    @property
    def speaker_per_channel(self) -> bool:
        """Whether each channel is one speaker. The channels of a call with legs are its legs."""
        return self.channels == "speakers" or bool(self.leg_offsets_s)

    @property
    def listed_channel_names(self) -> tuple[str, ...]:
        """The names of the channels, the first for channel 0; empty if they are not given.

        A leg without a name has an empty one.
        """
        names = self.leg_name if self.leg_offsets_s else self.channel_names
        return tuple(names.split(",")) if names else ()

    @property
    def leg_offsets_s(self) -> tuple[float, ...]:
        """The seconds at which the legs start; empty if the job has one recording."""
        return tuple(map(float, self.leg_offset_s.split(","))) if self.leg_offset_s else ()

    @property
    def destroys_originals(self) -> bool:
        """Whether only the redacted text and recording stay."""
        return self.originals == "destroy"

    def wants_diarizer(self, *, by_default: bool) -> bool:
        """Whether a diarizer is to find speakers, if the preset does so `by_default`.

        A leg is one speaker unless the caller asks for more, by `diarize` or a number of speakers.
        """
        if self.diarize is not None or not self.speaker_per_channel:
            return by_default if self.diarize is None else self.diarize
        return any((self.num_speakers, self.min_speakers, self.max_speakers))

    def leg_label(self, number: int) -> str:
        """Return how problems and warnings call a leg, such as `leg 1 (customer)`."""
        return legs.label(number, self.listed_channel_names)

    @property
    def named_languages(self) -> Mapping[str, tuple[str, ...]]:
        """The codes that the caller named, by option."""
        fixed = (self.fixed_language,) if self.fixed_language else ()
        return {"language": fixed, "languages": self.listed_languages}

    def to_wire(self) -> dict[str, Any]:
        """Return the options that differ from their defaults, as JSON values."""
        return schema_fields.non_default_values(self)


FIELD_TYPES: Mapping[str, FieldType] = schema_fields.field_types(Options)


def read(raw: Mapping[str, Any], *, also_known: Iterable[str] = ()) -> Options:
    """Read the options from form fields or JSON; an empty or null value means not given.

    Raises `UnknownOption`, `InvalidOption` or `UnknownLanguage` with the name of the option.
    `UnknownOption` also lists the names in `also_known`, which the caller reads itself.
    """
    options = schema_fields.read(Options, raw, also_known=also_known)
    _check_combination(options)
    return options


def _check_combination(options: Options) -> None:
    _check_model(options)
    _check_order(options, "min_speakers", "max_speakers")
    _check_order(options, "num_speakers", "max_speakers")
    _check_order(options, "min_speakers", "num_speakers")
    _check_languages(options)
    _check_legs(options)
    _check_channels(options)
    _check_encoding(options)
    _check_redaction(options)


def _check_model(options: Options) -> None:
    if options.model is not None and options.asks_for_quality:
        name = "quality" if options.quality else "noisy"
        raise InvalidOption(
            f"{name}: contradicts model={options.model}: the farm's profile chooses the model for"
            f" {name}; omit one of the two"
        )


def _check_order(options: Options, lower: str, upper: str) -> None:
    low, high = getattr(options, lower), getattr(options, upper)
    if low is not None and high is not None and low > high:
        raise InvalidOption(f"{lower} ({low}) is above {upper} ({high}); correct or omit one")


def _check_languages(options: Options) -> None:
    fixed = options.fixed_language
    if fixed is not None and options.languages not in (None, fixed):
        raise InvalidOption(
            f"language: {fixed} contradicts languages={options.languages}, among which the"
            " language of each window is detected; omit one of the two"
        )


_SPEAKER_OPTIONS = ("diarize", "num_speakers", "min_speakers", "max_speakers")


def _check_legs(options: Options) -> None:
    if options.leg_offset_s is None and options.leg_name is None:
        return
    if options.channels == "speakers":
        raise InvalidOption(
            "channels: the channels of each leg are mixed; omit channels, or omit leg_offset_s and"
            " leg_name"
        )
    for name in ("channel_names", "track"):
        if getattr(options, name):
            instead = "use leg_name" if name == "channel_names" else f"omit {name}"
            raise InvalidOption(
                f"{name}: with leg_offset_s or leg_name, each recording is a leg; {instead}"
            )


def _check_channels(options: Options) -> None:
    if options.channels != "speakers":
        return
    for name in _SPEAKER_OPTIONS:
        if getattr(options, name):
            raise InvalidOption(
                f"{name}: with channels=speakers, each channel is one speaker; omit {name}, or use"
                " channels=mix"
            )


def _check_encoding(options: Options) -> None:
    if options.encoding is None:
        return
    fixed_hz = ENCODINGS[options.encoding].sample_rate_hz
    if fixed_hz is None and options.sample_rate is None:
        raise InvalidOption("encoding: headerless audio has no sample rate; set sample_rate in Hz")
    if fixed_hz is not None and options.sample_rate not in (None, fixed_hz):
        raise InvalidOption(
            f"sample_rate: {options.encoding} always has {fixed_hz} Hz; omit the option"
        )


def _check_redaction(options: Options) -> None:
    if options.redact is None and options.redact_sound != "mute":
        raise InvalidOption(
            "redact_sound: nothing is masked without redact; name the kinds of data"
        )
    if options.redact is None and options.destroys_originals:
        raise InvalidOption(
            "originals: without redact there is no redacted text to keep; name the kinds of data"
        )
    if options.destroys_originals and options.keep_voices:
        raise InvalidOption("keep_voices: contradicts originals=destroy; omit one of the two")


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of the wire form."""
    return schema_fields.json_schema(Options, title="Options of a whisperfarm job")
