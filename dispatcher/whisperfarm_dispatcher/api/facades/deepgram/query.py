"""Translates the query of a request: to options of the job, and to what the answer contains."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from whisperfarm_contract.field_types import Enum, Number, String
from whisperfarm_contract.options import FIELD_TYPES
from whisperfarm_contract.presets import Preset
from whisperfarm_contract.problems import InvalidOption
from whisperfarm_dispatcher.api.facades.deepgram import (
    channels,
    encoding,
    keywords,
    language,
    redaction,
    unsupported,
)
from whisperfarm_dispatcher.api.facades.deepgram.answer_parts import AnswerParts
from whisperfarm_dispatcher.api.facades.deepgram.merging import merged
from whisperfarm_dispatcher.api.facades.deepgram.parameters import Parameters
from whisperfarm_dispatcher.api.facades.models import model_option
from whisperfarm_store.redaction.kinds import KINDS, Kinds

REPEATABLE = frozenset({"detect_language", "extra", "keyterm", "keywords", "redact", "tag"})


MAX_KEYWORDS_CHARS = 1000
"""Longest value of `keywords`, which may be several keywords."""

DEFAULT_UTT_SPLIT_S = 0.8
ENCODING = Enum(encoding.NAMES)
SAMPLE_RATE = FIELD_TYPES["sample_rate"]
UTT_SPLIT = Number(0, 3600)
DIARIZE_MODEL = Enum(("latest", "v1", "v2"))


@dataclass(frozen=True, slots=True, kw_only=True)
class ListenRequest:
    """A translated query. `options` are the fields of the job, not yet parsed.

    `raw_channels` is the number of channels of headerless audio.
    """

    options: Mapping[str, str]
    parts: AnswerParts
    raw_channels: int = 1


def read(
    pairs: Iterable[tuple[str, str]],
    presets: Mapping[str, Preset],
    aliases: Mapping[str, str],
    known_kinds: Kinds = KINDS,
) -> ListenRequest:
    """Read the parameters of a query, also those of the farm's own API.

    Raises `ClientError` for one that is given twice, and `InvalidOption` for one that the farm
    cannot follow. Unknown ones are left to the submission, which rejects them.
    """
    query = Parameters(pairs, repeatable=REPEATABLE)
    unsupported.check(query)
    detect_language = query.texts("detect_language")
    smart_format, paragraphs = bool(query.flag("smart_format")), bool(query.flag("paragraphs"))
    is_punctuated = query.flag("punctuate") is not False
    channel_options, raw_channels = channels.options(query)
    parts = AnswerParts(
        redacted_kinds=redaction.kinds(query, known_kinds),
        punctuation=is_punctuated or smart_format or paragraphs,
        paragraphs=paragraphs,
        utt_split_s=_utt_split_s(query),
        language=language.is_detected(detect_language),
        channels=channel_options.get("channels") == "speakers",
        tags=tuple(query.texts("tag")),
        extra=_extra(query),
    )
    options = merged(
        _model(query, presets, aliases),
        language.options(query.text("language"), detect_language),
        encoding.options(query.read("encoding", ENCODING), query.read("sample_rate", SAMPLE_RATE)),
        channel_options,
        _diarize(query, one_per_channel=parts.channels),
        _numerals(query, smart_format=smart_format),
        _hotwords(query),
        _callback(query),
        query.rest(),
    )
    return ListenRequest(options=options, parts=parts, raw_channels=raw_channels)


def _utt_split_s(query: Parameters) -> float | None:
    split_s: float | None = query.read("utt_split", UTT_SPLIT)
    if not query.flag("utterances"):
        return None
    return DEFAULT_UTT_SPLIT_S if split_s is None else split_s


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
