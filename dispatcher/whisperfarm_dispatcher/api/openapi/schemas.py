"""JSON Schemas of what the API answers, which the OpenAPI document names as its components."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from whisperfarm_contract import job_wire, problems, transcript_schema
from whisperfarm_contract.audit import AuditKind
from whisperfarm_contract.peaks import MAX_PEAKS
from whisperfarm_contract.revisions import revision_wire
from whisperfarm_contract.states import JobState
from whisperfarm_dispatcher.api.openapi.examples import CUSTODY
from whisperfarm_dispatcher.api.openapi.speaker_schema import SPEAKER
from whisperfarm_dispatcher.api.responses import QUEUE_POSITION_PROPERTIES

Schema = Mapping[str, Any]

_NOTHING: Mapping[str, Schema] = MappingProxyType({})
_TEXT = {"type": "string"}
_VCON = {
    "type": "object",
    "required": ["vcon", "uuid", "created_at", "parties", "dialog", "analysis"],
    "description": "A vCon by draft-ietf-vcon-vcon-core-03.",
}
_OBJECT = {"type": "object"}
_OBJECTS = {"type": "array", "items": _OBJECT}
_VERBOSE_TRANSCRIPT = {
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
_BATCH = {
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
_PRESET = {
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
_PAUSE = {
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
_VOCABULARY = {
    "type": "object",
    "required": ["name", "words", "updated_at"],
    "properties": {
        "name": _TEXT,
        "words": {"type": "array", "items": _TEXT},
        "updated_at": {"type": "string", "format": "date-time"},
    },
}
_CUSTODY = {
    "type": "object",
    # `signature` is not required: FastAPI drops nulls from the examples in its document.
    "required": ["document", "version", "job", "tenant", "issued_at", "entries", "personal"],
    "properties": {
        "document": {"const": CUSTODY["document"]},
        "version": {"const": CUSTODY["version"]},
        "job": _TEXT,
        "tenant": _TEXT,
        "issued_at": _TIME,
        "entries": _OBJECTS,
        "personal": {**_OBJECTS, "description": "values of commitments that are not erased"},
        "signature": {"type": ["object", "null"], "description": "null: the farm has no key"},
        "note": _TEXT,
    },
}
_HASH = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
_AUDIT_ENTRY = {
    "type": "object",
    "required": ["number", "timestamp", "kind", "body", "previous", "hash"],
    "properties": {
        "number": _COUNT,
        "timestamp": _TIME,
        "kind": {"enum": [*AuditKind]},
        "body": {**_OBJECT, "description": "`actor` and `address`, and what was changed"},
        "previous": {**_HASH, "description": "hash of the entry before it"},
        "hash": _HASH,
    },
}
_SIDE = {"type": ["object", "null"], "description": "the members that differ"}
_DIFFERENCE = {
    "type": "object",
    "required": ["revision", "changes"],
    "properties": {
        "revision": _COUNT,
        "parent": {"type": ["integer", "null"]},
        "changes": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["segment"],
                "properties": {"segment": _COUNT, "before": _SIDE, "after": _SIDE},
            },
        },
    },
}
_DAY = {"type": "string", "format": "date"}
_USAGE_OF_A_DAY = {
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
            "additionalProperties": _COUNT,
        },
        "audio_s": {"type": "number", "description": "seconds of audio, as far as known"},
        "speech_s": {"type": "number", "description": "seconds of speech in transcripts"},
        "audio_bytes": {"type": "integer", "description": "size of all recordings"},
        "stored_bytes": {"type": "integer", "description": "size of those still stored"},
    },
}
_LINK = {
    "type": "object",
    "required": ["url", "expires_at"],
    "properties": {
        "url": {"type": "string", "format": "uri-reference"},
        "expires_at": {"type": ["string", "null"], "format": "date-time"},
    },
}

_SAMPLE = {"type": "number", "minimum": -1, "maximum": 1}
_WAVEFORM = {
    "type": "object",
    "required": ["duration_s", "peaks"],
    "properties": {
        "duration_s": {"type": "number", "minimum": 0},
        "peaks": {
            "type": "array",
            "maxItems": MAX_PEAKS,
            "description": "the lowest and highest sample of each part, in order of time",
            "items": {"type": "array", "minItems": 2, "maxItems": 2, "items": _SAMPLE},
        },
    },
}
_NEXT_PAGE = {
    "type": ["string", "null"],
    "description": "value of `before` for the next page; null on the last page",
}


def reference(name: str) -> Schema:
    """Return a reference to the component of this name."""
    return {"$ref": f"#/components/schemas/{name}"}


def _job() -> Schema:
    schema = job_wire.json_schema()
    return {**schema, "properties": {**schema["properties"], **QUEUE_POSITION_PROPERTIES}}


def _list_of(
    member: str, items: Schema, *, beside: Mapping[str, Schema] = _NOTHING, **optional: Schema
) -> Schema:
    """Return the schema of an object whose member is a list, with those `beside` it."""
    required = {member: {"type": "array", "items": items}, **beside}
    return {"type": "object", "required": [*required], "properties": {**required, **optional}}


_JOB = _job()
_LISTED_JOB = {
    **reference("Job"),
    "properties": {"excerpt": {**_TEXT, "description": "HTML, of a job that was found by `text`"}},
}

COMPONENTS: Mapping[str, Schema] = MappingProxyType(
    {
        "Additions": _list_of("additions", _OBJECT),
        "AuditEntries": _list_of("entries", _AUDIT_ENTRY),
        "Batch": _BATCH,
        "Callbacks": _list_of("callbacks", _OBJECT),
        "Custody": _CUSTODY,
        "Difference": _DIFFERENCE,
        "HoldChanges": {
            "type": "object",
            "required": ["jobs"],
            "properties": {"jobs": {**_COUNT, "description": "whose hold was changed"}},
        },
        "Job": _JOB,
        "Jobs": _list_of("jobs", _LISTED_JOB, next=_NEXT_PAGE),
        "Link": _LINK,
        "Pauses": _list_of("pauses", _PAUSE),
        "Presets": _list_of("presets", _PRESET),
        "Problem": problems.SCHEMA,
        "Revision": revision_wire.json_schema(),
        "Revisions": _list_of(
            "revisions",
            reference("Revision"),
            beside={
                "default": {
                    **_COUNT,
                    "description": "number of the one that the job's result is",
                }
            },
            approval=_JOB["properties"]["approval"],
        ),
        "Speaker": SPEAKER,
        "Speakers": _list_of("speakers", reference("Speaker")),
        "Transcript": transcript_schema.json_schema(),
        "Vcon": _VCON,
        "Usage": _list_of("usage", _USAGE_OF_A_DAY, beside={"from": _DAY, "to": _DAY}),
        "VerboseTranscript": _VERBOSE_TRANSCRIPT,
        "Vocabulary": _VOCABULARY,
        "Vocabularies": _list_of("vocabularies", reference("Vocabulary")),
        "Waveform": _WAVEFORM,
    }
)
"""The schemas by their names in the OpenAPI document, which generated clients have as classes."""
