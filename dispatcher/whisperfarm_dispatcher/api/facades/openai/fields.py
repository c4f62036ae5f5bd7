"""The fields of a request: options of the job, and what the answer contains."""

from collections.abc import Mapping
from functools import partial
from types import MappingProxyType

from whisperfarm_contract import language_tags
from whisperfarm_contract.field_types import Boolean, Enum, FieldType, String
from whisperfarm_contract.problems import InvalidOption
from whisperfarm_dispatcher.api.facades.fields import typed
from whisperfarm_dispatcher.api.facades.models import model_option
from whisperfarm_dispatcher.api.upload.form_fields import FieldReader, FormFields
from whisperfarm_dispatcher.dependencies import Dependencies

RESPONSE_FORMATS = ("json", "text", "srt", "verbose_json", "vtt", "diarized_json")
GRANULARITIES = ("word", "segment")

ANSWER_FIELDS: Mapping[str, FieldType] = MappingProxyType(
    {
        "response_format": Enum(RESPONSE_FORMATS),
        "stream": Boolean(),
        "timestamp_granularities": Enum(GRANULARITIES),
        "include": Enum(("logprobs",)),
        "chunking_strategy": String(2000),
    }
)
"""Fields that are not options of the job. `include` and `chunking_strategy` have no effect."""

FIELDS: Mapping[str, str] = MappingProxyType(
    {
        "file": "the recording",
        "model": "a preset, or a name in `WHISPERFARM_MODEL_ALIASES`; default: the first preset",
        "language": "the spoken language as a code, a name or a tag such as `en-US`",
        "prompt": "text given to the speech model as context",
        "response_format": (
            "`json`, `text`, `srt`, `vtt`, `verbose_json`; `diarized_json` also sets `diarize=true`"
        ),
        "timestamp_granularities": (
            "`word` and `segment`, with `verbose_json` only; without it, the answer has both"
        ),
        "stream": "server-sent events once the job has ended; not with `srt` and `vtt`",
        "include": "no effect: the answer has no log probabilities",
        "chunking_strategy": "no effect: the farm finds the speech in the recording",
    }
)
"""The effect of each field. Those that may be repeated are also accepted with `[]`."""

_PARTS_OF_CHUNKING = ("type", "threshold", "prefix_padding_ms", "silence_duration_ms")
"""Members of `chunking_strategy`, which clients send as fields of their own."""

_LISTS = ("timestamp_granularities", "include")
"""Fields that may be repeated, with `[]` after their name or without."""


def form_fields(deps: Dependencies, *, task: str) -> FormFields:
    """Return the empty fields of a request."""
    readers: dict[str, FieldReader] = {
        name: typed(name, type_) for name, type_ in ANSWER_FIELDS.items()
    }
    lists: dict[str, FieldReader] = {f"{name}[]": readers[name] for name in _LISTS}
    chunking: dict[str, FieldReader] = {
        f"chunking_strategy[{name}]": str for name in _PARTS_OF_CHUNKING
    }
    fields = FormFields(
        {**readers, **lists, **chunking},
        translators={
            "model": partial(_model, deps),
            "prompt": lambda text: {"initial_prompt": text},
            "language": lambda tag: {"language": language_tags.normalize(tag)},
        },
        repeatable=frozenset((*_LISTS, *lists)),
    )
    fields.options["task"] = task
    return fields


def response_format(fields: FormFields) -> str:
    """Return the format of the answer. Raises `InvalidOption` if other fields contradict it."""
    chosen = str(fields.extra_fields.get("response_format") or "json")
    if granularities(fields) and chosen != "verbose_json":
        raise InvalidOption(
            f"timestamp_granularities: the format {chosen} has no times; set"
            " response_format=verbose_json"
        )
    if is_streamed(fields) and chosen in {"srt", "vtt"}:
        raise InvalidOption(f"stream: the format {chosen} cannot be streamed; omit `stream`")
    return chosen


def granularities(fields: FormFields) -> frozenset[str]:
    """Return the requested times; none are requested if both are returned."""
    given = (fields.extra_fields.get(name, ()) for name in _both_names("timestamp_granularities"))
    return frozenset(value for values in given for value in values if value)


def is_streamed(fields: FormFields) -> bool:
    return bool(fields.extra_fields.get("stream"))


def late_options(fields: FormFields) -> Mapping[str, str]:
    """Return the options that follow from the answer's format. Raises like `response_format`."""
    is_diarized = response_format(fields) == "diarized_json" and "diarize" not in fields.options
    return {"diarize": "true"} if is_diarized else {}


def _both_names(name: str) -> tuple[str, str]:
    return name, f"{name}[]"


def _model(deps: Dependencies, name: str) -> Mapping[str, str]:
    return model_option(name, deps.presets, deps.settings.aliases)
