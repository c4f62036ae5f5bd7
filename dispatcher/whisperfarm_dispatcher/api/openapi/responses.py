"""OpenAPI descriptions of responses with jobs, transcripts, callbacks and problems."""

from collections.abc import Mapping
from typing import Any

from whisperfarm_contract import examples, job_wire, transcript_schema
from whisperfarm_contract.formats import FORMATS
from whisperfarm_contract.problems import PROBLEMS
from whisperfarm_contract.problems import SCHEMA as PROBLEM_SCHEMA
from whisperfarm_contract.states import JobState
from whisperfarm_dispatcher.api.documents import WORD_DOCUMENTS
from whisperfarm_dispatcher.api.documents.vcon import Vcon
from whisperfarm_dispatcher.api.openapi.examples import BATCH as BATCH_EXAMPLE
from whisperfarm_dispatcher.api.openapi.examples import CALLBACK as CALLBACK_EXAMPLE
from whisperfarm_dispatcher.api.openapi.examples import PAUSE as PAUSE_EXAMPLE
from whisperfarm_dispatcher.api.openapi.examples import PRESET as PRESET_EXAMPLE
from whisperfarm_dispatcher.api.openapi.examples import USAGE as USAGE_EXAMPLE
from whisperfarm_dispatcher.api.openapi.examples import VOCABULARY as VOCABULARY_EXAMPLE
from whisperfarm_dispatcher.api.responses import QUEUE_POSITION_PROPERTIES

ResponseSpec = dict[str, Any]
ResponseSpecs = dict[int | str, ResponseSpec]

_TEXT = {"type": "string"}
_FILE = {"type": "string", "format": "binary"}
_VCON_SCHEMA = {
    "type": "object",
    "required": ["vcon", "uuid", "created_at", "parties", "dialog", "analysis"],
    "description": "A vCon by draft-ietf-vcon-vcon-core-03.",
}
_OBJECT = {"type": "object"}
_OBJECTS = {"type": "array", "items": _OBJECT}


def _job_schema() -> dict[str, Any]:
    schema = job_wire.json_schema()
    return {**schema, "properties": {**schema["properties"], **QUEUE_POSITION_PROPERTIES}}


_VERBOSE_JSON_SCHEMA = {
    "description": "the format verbose_json",
    "type": "object",
    "required": ["task", "language", "duration", "text", "segments", "words", "usage"],
    "properties": {
        "task": _TEXT,
        "language": _TEXT,
        "duration": {"type": "number", "minimum": 0},
        "text": _TEXT,
        "segments": _OBJECTS,
        "words": _OBJECTS,
        "usage": _OBJECT,
    },
}
_COUNT = {"type": "integer", "minimum": 0}
_SECONDS = {"type": "number", "minimum": 0}
_TIME = {"type": "string", "format": "date-time"}
_BATCH_SCHEMA = {
    "type": "object",
    "required": ["id", "jobs", "audio_s", "created_at", "changed_at", "links"],
    "properties": {
        "id": _TEXT,
        "jobs": {
            "type": "object",
            "required": ["total", *(state.value for state in JobState)],
            "properties": dict.fromkeys(("total", *(one.value for one in JobState)), _COUNT),
            "description": "number of jobs, and of those in each state",
        },
        "audio_s": {
            "type": "object",
            "required": ["total", "transcribed"],
            "properties": {"total": _SECONDS, "transcribed": _SECONDS},
            "description": (
                "seconds of audio of all jobs whose length is known, and of those that succeeded"
            ),
        },
        "created_at": {**_TIME, "description": "submission of the first job"},
        "changed_at": {**_TIME, "description": "when a job was last submitted, started or ended"},
        "links": {"type": "object", "additionalProperties": _TEXT},
    },
}
_NULLABLE_TEXT = {"type": ["string", "null"]}
_PRESET_SCHEMA = {
    "type": "object",
    "required": [
        "name", "description", "models", "align", "diarize", "languages", "is_served", "is_default",
    ],
    "properties": {
        "name": _TEXT,
        "description": _TEXT,
        "models": {
            "type": "object",
            "required": ["speech"],
            "properties": {
                "voice_activity": {**_NULLABLE_TEXT, "description": "null: that of the engine"},
                "speech": _TEXT,
                "aligner": {**_NULLABLE_TEXT, "description": "null: that of the language"},
                "diarizer": _NULLABLE_TEXT,
            },
        },
        "align": {"type": "boolean"},
        "diarize": {"type": "boolean"},
        "languages": {"type": "array", "items": _TEXT},
        "is_served": {"type": "boolean"},
        "is_default": {"type": "boolean"},
    },
}  # fmt: skip
_PAUSE_SCHEMA = {
    "type": "object",
    "required": ["accept", "dispatch", "reason", "retry_after_s", "paused_at"],
    "properties": {
        "preset": {**_NULLABLE_TEXT, "description": "null: the whole farm"},
        "accept": {"type": "boolean", "description": "new jobs are refused"},
        "dispatch": {"type": "boolean", "description": "queued jobs wait"},
        "reason": _TEXT,
        "retry_after_s": {"type": "integer", "minimum": 1},
        "paused_at": {"type": "string", "format": "date-time"},
    },
}
_DAY = {"type": "string", "format": "date"}
_USAGE_SCHEMA = {
    "type": "object",
    "required": [
        *("day", "tenant", "key", "jobs", "audio_s", "speech_s", "audio_bytes", "stored_bytes"),
    ],
    "properties": {
        "day": _DAY,
        "tenant": _TEXT,
        "key": {**_NULLABLE_TEXT, "description": "the key's id; null: none of the ledger"},
        "jobs": {
            "type": "object",
            "description": "the jobs that were submitted on this day, by state",
            "additionalProperties": {"type": "integer", "minimum": 0},
        },
        "audio_s": {"type": "number", "description": "seconds of audio, as far as known"},
        "speech_s": {"type": "number", "description": "seconds of speech in transcripts"},
        "audio_bytes": {"type": "integer", "description": "size of all recordings"},
        "stored_bytes": {"type": "integer", "description": "size of those still stored"},
    },
}
_VOCABULARY_SCHEMA = {
    "type": "object",
    "required": ["name", "words", "updated_at"],
    "properties": {
        "name": _TEXT,
        "words": {"type": "array", "items": _TEXT},
        "updated_at": {"type": "string", "format": "date-time"},
    },
}
_LINK_SCHEMA = {
    "type": "object",
    "required": ["url", "expires_at"],
    "properties": {
        "url": {"type": "string", "format": "uri-reference"},
        "expires_at": {"type": ["string", "null"], "format": "date-time"},
    },
}
_LINK_EXAMPLE = {
    "url": "https://s3.example.com/farm/results/transcript.json?X-Amz-Expires=3600&X-Amz-Signature=",
    "expires_at": "2024-11-20T17:27:01Z",
}
_JOB_SCHEMA = _job_schema()
_JOB_EXAMPLE = job_wire.to_wire(examples.JOB)
_WAITING_EXAMPLE = job_wire.to_wire(examples.WAITING_JOB)


def json_response(
    description: str,
    schema: Mapping[str, Any],
    example: Any,
    media_type: str = "application/json",
) -> ResponseSpec:
    content = {media_type: {"schema": schema, "example": example}}
    return {"description": description, "content": content}


def job(description: str) -> ResponseSpec:
    return json_response(description, _JOB_SCHEMA, _JOB_EXAMPLE)


def batch(description: str) -> ResponseSpec:
    return json_response(description, _BATCH_SCHEMA, BATCH_EXAMPLE)


def job_events() -> ResponseSpec:
    """Describe a stream of server-sent events whose data are jobs."""
    schema = {
        "type": "object",
        "properties": {
            "event": _TEXT,
            "id": _TEXT,
            "data": {
                "type": "string",
                "contentMediaType": "application/json",
                "contentSchema": _JOB_SCHEMA,
            },
        },
    }
    content = {"text/event-stream": {"itemSchema": schema}}
    return {"description": "The job, after each change.", "content": content}


def jobs() -> ResponseSpec:
    schema = {
        "type": "object",
        "properties": {
            "jobs": {"type": "array", "items": _JOB_SCHEMA},
            "next": {
                "type": ["string", "null"],
                "description": "value of `before` for the next page; null on the last page",
            },
        },
    }
    example = {"jobs": [_JOB_EXAMPLE, _WAITING_EXAMPLE], "next": None}
    return json_response("One page of jobs.", schema, example)


def pauses() -> ResponseSpec:
    schema = {
        "type": "object",
        "required": ["pauses"],
        "properties": {"pauses": {"type": "array", "items": _PAUSE_SCHEMA}},
    }
    return json_response("The pauses of the farm.", schema, {"pauses": [PAUSE_EXAMPLE]})


def vocabulary() -> ResponseSpec:
    return json_response("The vocabulary.", _VOCABULARY_SCHEMA, VOCABULARY_EXAMPLE)


def vocabularies() -> ResponseSpec:
    schema = {
        "type": "object",
        "required": ["vocabularies"],
        "properties": {"vocabularies": {"type": "array", "items": _VOCABULARY_SCHEMA}},
    }
    example = {"vocabularies": [VOCABULARY_EXAMPLE]}
    return json_response("The vocabularies.", schema, example)


def usage() -> ResponseSpec:
    schema = {
        "type": "object",
        "required": ["from", "to", "usage"],
        "properties": {
            "from": _DAY,
            "to": _DAY,
            "usage": {"type": "array", "items": _USAGE_SCHEMA},
        },
    }
    example = {"from": "2024-11-01", "to": "2024-11-30", "usage": [USAGE_EXAMPLE]}
    return json_response("The usage.", schema, example)


def presets() -> ResponseSpec:
    schema = {
        "type": "object",
        "required": ["presets"],
        "properties": {"presets": {"type": "array", "items": _PRESET_SCHEMA}},
    }
    return json_response("The presets.", schema, {"presets": [PRESET_EXAMPLE]})


def callbacks(description: str) -> ResponseSpec:
    schema = {"type": "object", "properties": {"callbacks": _OBJECTS}}
    return json_response(description, schema, {"callbacks": [CALLBACK_EXAMPLE]})


def transcript() -> ResponseSpec:
    schema = transcript_schema.json_schema()
    return json_response("The transcript.", schema, examples.TRANSCRIPT.to_wire())


def any_format() -> ResponseSpec:
    """Describe a transcript in any of the formats."""
    texts = {one.media_type: {"schema": _TEXT} for one in FORMATS.values()}
    files = {one.media_type: {"schema": _FILE} for one in WORD_DOCUMENTS.values()}
    vcon = {Vcon.media_type: {"schema": _VCON_SCHEMA}}
    response = transcript()
    as_json = response["content"]["application/json"]
    as_json["schema"] = {"anyOf": [as_json["schema"], _VERBOSE_JSON_SCHEMA]}
    response["content"] = {**texts, **files, **vcon, **response["content"]}
    return response


def transcript_or_link() -> ResponseSpec:
    """Describe a transcript in any of the formats, or its URL."""
    response = any_format()
    as_json = response["content"]["application/json"]
    response["content"]["application/json"] = {
        "schema": {"anyOf": [*as_json["schema"]["anyOf"], _LINK_SCHEMA]},
        "examples": {
            "transcript": {"value": as_json["example"]},
            "link": {"value": _LINK_EXAMPLE},
        },
    }
    return response


def problems(*names: str) -> ResponseSpecs:
    """Describe one response per status, with the problems of these names as examples."""
    responses: ResponseSpecs = {}
    for name in names:
        problem = PROBLEMS[name]()
        response = responses.setdefault(problem.status, _problem_response())
        response["content"]["application/problem+json"]["examples"][name] = {
            "summary": problem.title(),
            "value": problem.to_wire(),
        }
    return responses


def headers_too_large() -> ResponseSpecs:
    """Describe the response to headers, or to a query, above `MAX_HEADER_BYTES`."""
    return {431: _problem_response()}


def _problem_response() -> ResponseSpec:
    content = {"schema": PROBLEM_SCHEMA, "examples": {}}
    description = "A problem document (RFC 9457); `name` identifies the problem."
    return {"description": description, "content": {"application/problem+json": content}}
