"""The OpenAPI description of `/v1/listen`."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from whisperfarm_contract import examples
from whisperfarm_contract.field_types import String
from whisperfarm_dispatcher.api.facades.deepgram import answer, channels, query, unsupported
from whisperfarm_dispatcher.api.facades.deepgram.answer_parts import AnswerParts
from whisperfarm_dispatcher.api.facades.deepgram.errors import error_document
from whisperfarm_dispatcher.api.facades.deepgram.parameters import MAX_CHARS
from whisperfarm_dispatcher.api.facades.description import SUBMIT_AND_WAIT, errors
from whisperfarm_dispatcher.api.openapi.requests import IDEMPOTENCY_KEY
from whisperfarm_dispatcher.api.openapi.responses import json_response
from whisperfarm_dispatcher.submission import job_request

Schema = Mapping[str, Any]

_TEXT: Schema = String(MAX_CHARS).schema()
_TEXTS: Schema = {"type": "array", "items": _TEXT}
_FLAG: Schema = {"type": "boolean"}
_FALSE: Schema = {"type": "boolean", "enum": [False]}

_PARAMETERS: Mapping[str, tuple[Schema, str]] = {
    "callback": (
        _TEXT,
        "address for the farm's callback; the request is answered at once",
    ),
    "channels": (channels.CHANNELS.schema(), "number of channels of headerless audio; default: 1"),
    "detect_language": (_FLAG, "whether the answer names the language, which is always detected"),
    "diarize_model": (query.DIARIZE_MODEL.schema(), "assign a speaker to each word"),
    "encoding": (query.ENCODING.schema(), "encoding; that of a file with a header is recognised"),
    "extra": (
        {"type": "array", "items": {**_TEXT, "pattern": "^[^:]+:"}},
        "`key:value` that the answer repeats",
    ),
    "keyterm": (_TEXTS, "word or phrase that the recording is likely to contain"),
    "keywords": (
        {"type": "array", "items": String(query.MAX_KEYWORDS_CHARS).schema()},
        "`word` or `word:boost`; the boost has no effect",
    ),
    "language": (_TEXT, "language tag, several separated by commas, or `multi`"),
    "model": (_TEXT, "preset, Whisper model, or a name that the farm maps to a preset"),
    "multichannel": (_FLAG, "transcribe each channel by itself"),
    "numerals": (_FLAG, "false: numbers as words, unless `smart_format` is true"),
    "paragraphs": (_FLAG, "add paragraphs to the answer"),
    "punctuate": (_FLAG, "false: the text in lower case and without punctuation"),
    "smart_format": (_FLAG, "keep punctuation and digits, as is the default"),
    "tag": (_TEXTS, "label that the answer repeats"),
    "utt_split": (query.UTT_SPLIT.schema(), "pause in seconds that ends an utterance"),
    "utterances": (_FLAG, "add utterances to the answer"),
}

_OTHERWISE_NAMED = frozenset({"callback_url", "hotwords", "languages"})
"""Options of the farm that have another name here. Those names are accepted as well."""

_ANSWER_SCHEMA: Schema = {
    "anyOf": [
        {
            "type": "object",
            "required": ["metadata", "results"],
            "properties": {"metadata": {"type": "object"}, "results": {"type": "object"}},
        },
        {
            "description": "with `callback`",
            "type": "object",
            "required": ["request_id"],
            "properties": {"request_id": _TEXT},
        },
    ]
}


FIELDS: Mapping[str, str] = MappingProxyType(
    {
        **{name: description for name, (_, description) in _PARAMETERS.items()},
        **dict.fromkeys(unsupported.WITHOUT_EFFECT, "no effect"),
        **{name: f"refused: {reason}" for name, reason in unsupported.REFUSED.items()},
    }
)
"""The effect of each parameter."""


def _parameters() -> Iterator[dict[str, Any]]:
    yield IDEMPOTENCY_KEY
    own = {
        name: (schema, "")
        for name, schema in job_request.properties().items()
        if name not in _OTHERWISE_NAMED
    }
    quiet = {name: (one.schema(), "no effect") for name, one in unsupported.WITHOUT_EFFECT.items()}
    refused = {name: (_FALSE, reason) for name, reason in unsupported.REFUSED.items()}
    for name, (schema, description) in {**own, **quiet, **refused, **_PARAMETERS}.items():
        yield {
            "name": name,
            "in": "query",
            "schema": {key: value for key, value in schema.items() if key != "description"},
            "description": description or schema.get("description", ""),
        }


def _body() -> dict[str, Any]:
    url = {
        "type": "object",
        "required": ["url"],
        "additionalProperties": False,
        "properties": {"url": {"type": "string", "format": "uri"}},
    }
    content = {
        "audio/*": {"schema": {"type": "string", "format": "binary"}},
        "application/json": {"schema": url},
    }
    return {"required": True, "content": content}


LISTEN: dict[str, Any] = {
    "openapi_extra": {"requestBody": _body(), "parameters": list(_parameters())},
    "responses": {
        200: json_response(
            "The transcript, or with `callback` the id of the request.",
            _ANSWER_SCHEMA,
            answer.document(examples.JOB, examples.TRANSCRIPT, AnswerParts()),
        ),
        **errors(error_document, *SUBMIT_AND_WAIT, "address-unreachable"),
    },
}
