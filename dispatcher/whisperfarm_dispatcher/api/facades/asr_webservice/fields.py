"""The fields of whisper-asr-webservice, and the options that they become."""

from collections.abc import Mapping
from types import MappingProxyType

from whisperfarm_contract.field_types import Boolean, Enum, String
from whisperfarm_contract.formats import WHISPER_FORMATS
from whisperfarm_dispatcher.api.facades.fields import flag_options, never, typed
from whisperfarm_dispatcher.api.upload.form_fields import FieldReader, FieldTranslator, FormFields

AUDIO_PARTS = frozenset({"audio_file"})

OUTPUT = Enum(WHISPER_FORMATS)
DEFAULT_OUTPUT = "txt"

FIELDS: Mapping[str, str] = MappingProxyType(
    {
        "audio_file": "the recording",
        "encode": "`false`: the recording is headerless, with 16 bits, 16 kHz and one channel",
        "task": "`transcribe`, or `translate` to English",
        "language": "the spoken language; default: detected",
        "initial_prompt": "text given to the speech model as context",
        "vad_filter": "no effect: the farm always finds the speech first",
        "word_timestamps": "`true`: words are aligned, also with a preset that does not by default",
        "diarize": "assign a speaker to each word",
        "min_speakers": "minimum number of speakers",
        "max_speakers": "maximum number of speakers",
        "output": "`txt`, `vtt`, `srt`, `tsv` or `json`; default: `txt`",
        "video_file": "no effect: Bazarr sends the name of the video",
    }
)
"""The effect of each field of `/asr`."""

_PCM: Mapping[str, str] = MappingProxyType({"encoding": "s16le", "sample_rate": "16000"})
_NONE: Mapping[str, str] = MappingProxyType({})

TRANSLATORS: Mapping[str, FieldTranslator] = MappingProxyType(
    {
        "encode": flag_options("encode", true=_NONE, false=_PCM),
        "word_timestamps": flag_options("word_timestamps", true={"align": "true"}, false=_NONE),
    }
)
READERS: Mapping[str, FieldReader] = MappingProxyType(
    {
        "filename": str,
        "output": typed("output", OUTPUT),
        "vad_filter": typed("vad_filter", Boolean()),
        "video_file": typed("video_file", String()),
    }
)

_DETECTION: Mapping[str, str] = MappingProxyType(
    {"clip_timestamps": "0,30", "align": "false", "diarize": "false"}
)
"""Options of a job that detects the language. Like Whisper, it uses the first 30 seconds."""


def transcription_fields() -> FormFields:
    """Return the fields of a request for a transcript."""
    return FormFields(READERS, translators=TRANSLATORS)


def detection_fields() -> FormFields:
    """Return the fields of a request for the language."""
    names = ("language", "languages")
    detected = {name: never(name, "this request detects the language") for name in names}
    without_words = {"word_timestamps": typed("word_timestamps", Boolean())}
    fields = FormFields({**READERS, **detected, **without_words}, translators=TRANSLATORS)
    fields.options.update(_DETECTION)
    return fields
