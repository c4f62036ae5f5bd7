"""Parameters of Deepgram that the farm refuses, and those that change nothing."""

from collections.abc import Mapping
from types import MappingProxyType

from whisperfarm_contract.field_types import Boolean, Enum, FieldType, Integer, Number, String
from whisperfarm_contract.problems import InvalidOption
from whisperfarm_dispatcher.api.facades.deepgram.parameters import MAX_CHARS, Parameters

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


def check(query: Parameters) -> None:
    """Raise `InvalidOption` for a parameter that the farm cannot follow."""
    for name, reason in REFUSED.items():
        if any(value.lower() != "false" for value in query.texts(name)):
            raise InvalidOption(f"{name}: {reason}; omit the parameter")
    for name, field_type in WITHOUT_EFFECT.items():
        query.read(name, field_type)
