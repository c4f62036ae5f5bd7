"""Translates the query of a request: to options of the job, and to what the answer contains."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from whisperfarm_contract.field_types import Boolean, Enum, FieldType, Integer, Number, String
from whisperfarm_contract.options import FIELD_TYPES
from whisperfarm_contract.presets import Preset
from whisperfarm_contract.problems import ClientError, InvalidOption
from whisperfarm_dispatcher.api.facades.deepgram import encoding, keywords, language, redaction
from whisperfarm_dispatcher.api.facades.deepgram.parameters import MAX_CHARS, Parameters
from whisperfarm_dispatcher.api.facades.models import model_option

REPEATABLE = frozenset({"detect_language", "extra", "keyterm", "keywords", "redact", "tag"})

WITHOUT_EFFECT: Mapping[str, FieldType] = MappingProxyType(
    {
        "alternatives": Integer(1, 100),
        "callback_method": Enum(("post",)),
        "language_confidence": Number(0, 1),
        "mip_opt_out": Boolean(),
        "tier": String(MAX_CHARS),
        "version": String(MAX_CHARS),
    }
)
"""Parameters that change nothing on a farm."""

REFUSED: Mapping[str, str] = MappingProxyType(
    {
        "custom_intent": "this farm does not find intents",
        "custom_intent_mode": "this farm does not find intents",
        "custom_topic": "this farm does not find topics",
        "custom_topic_mode": "this farm does not find topics",
        "detect_entities": "this farm does not find entities",
        "dictation": "this farm does not format dictated text",
        "filler_words": "this farm cannot force filler words into the text",
        "intents": "this farm does not find intents",
        "language_hint": "this farm does not weight languages; name them in `language`",
        "measurements": "this farm does not abbreviate measurements",
        "profanity_filter": "this farm does not filter profanity",
        "replace": "this farm does not replace words",
        "search": "this farm does not search the audio",
        "sentiment": "this farm does not find sentiments",
        "summarize": "this farm does not summarize",
        "topics": "this farm does not find topics",
    }
)
"""Why a parameter is refused. The value `false` asks for nothing, and is accepted."""

MAX_KEYWORDS_CHARS = 1000
"""Longest value of `keywords`, which may be several keywords."""

DEFAULT_UTT_SPLIT_S = 0.8
ENCODING = Enum(encoding.NAMES)
SAMPLE_RATE = FIELD_TYPES["sample_rate"]
UTT_SPLIT = Number(0, 3600)
CHANNELS = Integer(1, 16)
DIARIZE_MODEL = Enum(("latest", "v1", "v2"))


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerParts:
    """What the answer contains.

    `utt_split_s` is the pause in seconds that ends an utterance, or `None` for an answer without
    utterances. `redacted_kinds` are the kinds of data that are masked.
    """

    punctuation: bool = True
    paragraphs: bool = False
    utt_split_s: float | None = None
    language: bool = False
    channels: bool = False
    redacted_kinds: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    extra: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListenRequest:
    """A translated query. `options` are the fields of the job, not yet parsed.

    `raw_channels` is the number of channels of headerless audio.
    """

    options: Mapping[str, str]
    parts: AnswerParts
    raw_channels: int = 1


def read(
    pairs: Iterable[tuple[str, str]], presets: Mapping[str, Preset], aliases: Mapping[str, str]
) -> ListenRequest:
    """Read the parameters of a query, also those of the farm's own API.

    Raises `ClientError` for one that is given twice, and `InvalidOption` for one that the farm
    cannot follow. Unknown ones are left to the submission, which rejects them.
    """
    query = Parameters(pairs, repeatable=REPEATABLE)
    _check_refused(query)
    detect_language = query.texts("detect_language")
    smart_format, paragraphs = bool(query.flag("smart_format")), bool(query.flag("paragraphs"))
    is_punctuated = query.flag("punctuate") is not False
    channels, raw_channels = _channels(query)
    parts = AnswerParts(
        redacted_kinds=redaction.kinds(query),
        punctuation=is_punctuated or smart_format or paragraphs,
        paragraphs=paragraphs,
        utt_split_s=_utt_split_s(query),
        language=language.is_detected(detect_language),
        channels=channels.get("channels") == "speakers",
        tags=tuple(query.texts("tag")),
        extra=_extra(query),
    )
    options = _merged(
        _model(query, presets, aliases),
        language.options(query.text("language"), detect_language),
        encoding.options(query.read("encoding", ENCODING), query.read("sample_rate", SAMPLE_RATE)),
        channels,
        _diarize(query, one_per_channel=parts.channels),
        _numerals(query, smart_format=smart_format),
        _hotwords(query),
        _callback(query),
        query.rest(),
    )
    return ListenRequest(options=options, parts=parts, raw_channels=raw_channels)


def _check_refused(query: Parameters) -> None:
    for name, reason in REFUSED.items():
        if any(value.lower() != "false" for value in query.texts(name)):
            raise InvalidOption(f"{name}: {reason}; omit the parameter")
    for name, field_type in WITHOUT_EFFECT.items():
        query.read(name, field_type)


def _merged(*groups: Mapping[str, str]) -> Mapping[str, str]:
    """Return the options of all groups. Raises `ClientError` if two name the same one."""
    options: dict[str, str] = {}
    for group in groups:
        for name in group.keys() & options.keys():
            raise ClientError(f"{name}: the option is given twice, under two names")
        options |= group
    return options


def _utt_split_s(query: Parameters) -> float | None:
    split_s: float | None = query.read("utt_split", UTT_SPLIT)
    if not query.flag("utterances"):
        return None
    return DEFAULT_UTT_SPLIT_S if split_s is None else split_s


def _channels(query: Parameters) -> tuple[Mapping[str, str], int]:
    """Return the option `channels`, and the number of channels of headerless audio.

    The parameter is a number in Deepgram's API, and a word in that of the farm.
    """
    multichannel = query.flag("multichannel")
    value = query.text("channels") or ""
    by_flag: Mapping[str, str] = {"channels": "speakers"} if multichannel else {}
    if value.isalpha():
        return _merged(by_flag, {"channels": value}), 1
    return by_flag, _read_channels(value) if value else 1


def _read_channels(value: str) -> int:
    try:
        return int(CHANNELS.read(value))
    except ValueError as error:
        raise InvalidOption(f"channels: {error}") from None


def _diarize(query: Parameters, *, one_per_channel: bool) -> Mapping[str, str]:
    model = query.read("diarize_model", DIARIZE_MODEL)
    diarize = query.flag("diarize") if model is None else True
    if diarize and one_per_channel:
        raise InvalidOption(
            "diarize: with multichannel=true, each channel is one speaker; omit one of the two"
        )
    return {} if diarize is None else {"diarize": str(diarize).lower()}


def _numerals(query: Parameters, *, smart_format: bool) -> Mapping[str, str]:
    """Return the option for numbers, which the speech model writes as digits by default."""
    if query.flag("numerals") is not False or smart_format:
        return {}
    return {"suppress_numerals": "true"}


def _model(
    query: Parameters, presets: Mapping[str, Preset], aliases: Mapping[str, str]
) -> Mapping[str, str]:
    model = query.text("model")
    return {} if model is None else model_option(model, presets, aliases)


def _hotwords(query: Parameters) -> Mapping[str, str]:
    words = keywords.hotwords(
        query.texts("keywords", max_chars=MAX_KEYWORDS_CHARS), query.texts("keyterm")
    )
    return {"hotwords": words} if words else {}


def _callback(query: Parameters) -> Mapping[str, str]:
    url = query.read("callback", String())
    return {} if url is None else {"callback_url": url}


def _extra(query: Parameters) -> Mapping[str, str]:
    pairs = [value.partition(":") for value in query.texts("extra")]
    for name, colon, _ in pairs:
        if not name or not colon:
            raise InvalidOption("extra: a value is not key:value")
    return {name: value for name, _, value in pairs}
