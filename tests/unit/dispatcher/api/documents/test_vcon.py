"""vCons, checked by a JSON Schema of the definitions in draft-ietf-vcon-vcon-core-03."""

import json
from dataclasses import replace
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from whisperfarm_contract.job import Audio, Job
from whisperfarm_contract.job_labels import JobLabels
from whisperfarm_contract.options import Options
from whisperfarm_contract.states import JobState
from whisperfarm_contract.transcript import Coverage, Segment, Transcript
from whisperfarm_dispatcher.api.documents import result_format
from whisperfarm_dispatcher.api.documents.vcon import Vcon

HOSTILE = 'a\x00b\x1b[31m\ud800 "}],</script> \u2028 \U0001f600 end'
ID = "01932d1c-5b5c-7c3e-9d5a-0b6f6e1f2a3b"

_TEXT = {"type": "string"}
_INDEX = {"type": "integer", "minimum": 0}
_INDICES = {"type": "array", "items": _INDEX}
_CHANNEL = {"anyOf": [_INDEX, _INDICES, {"type": "null"}]}
_DATE = {
    "type": "string",
    "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?!\.0+Z)(\.\d+)?Z$",
}
_MEDIA_TYPE = {"type": "string", "pattern": "^[a-z]+/[a-z0-9.+-]+$"}
_CONTENT = {
    "dependentRequired": {
        "body": ["encoding", "mediatype"],
        "url": ["content_hash"],
        "content_hash": ["url"],
    },
    "properties": {"encoding": {"enum": ["base64url", "json", "none"]}, "mediatype": _MEDIA_TYPE},
}
_PARTY = {"type": "object", "properties": {"name": _TEXT}, "additionalProperties": False}
_DIALOG = {
    "type": "object",
    "required": ["type", "start", "parties"],
    "allOf": [_CONTENT],
    "properties": {
        "type": {"enum": ["recording", "recording-set", "text", "transfer", "incomplete"]},
        "start": _DATE,
        "duration": {"type": "number", "minimum": 0},
        "parties": {"anyOf": [_INDEX, {"type": "array", "items": _CHANNEL}]},
        "filename": _TEXT,
    },
    "unevaluatedProperties": False,
}  # fmt: skip
_ANALYSIS = {
    "type": "object",
    "required": ["type", "dialog", "vendor", "mediatype", "body", "encoding"],
    "allOf": [_CONTENT],
    "properties": {
        "type": {"enum": ["report", "sentiment", "summary", "transcript", "translation", "tts"]},
        "dialog": {"anyOf": [_INDEX, _INDICES]},
        "vendor": _TEXT,
        "product": _TEXT,
        "schema": _TEXT,
        "body": True,
    },
    "unevaluatedProperties": False,
}
VCON = Draft202012Validator(
    {
        "type": "object",
        "required": ["vcon", "uuid", "created_at", "parties"],
        "properties": {
            "vcon": {"const": "0.4.0"},
            "uuid": {"type": "string", "pattern": "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"},
            "created_at": _DATE,
            "subject": _TEXT,
            "parties": {"type": "array", "items": _PARTY},
            "dialog": {"type": "array", "items": _DIALOG},
            "analysis": {"type": "array", "items": _ANALYSIS},
        },
        "additionalProperties": False,
    }
)
JOB = Job(
    id=ID, tenant="north", state=JobState.SUCCEEDED, preset="demo", options=Options(),
    audio=Audio(key="k", sha256="0" * 64, size_bytes=1, filename="call.WAV"), created_at=86_400.0,
    finished_at=86_460.25,
)  # fmt: skip
TALK = Transcript(
    language="en",
    model="demo",
    coverage=Coverage(audio_s=63.5),
    segments=(
        Segment(start=0, end=1, text=" Good day.", speaker="B", channel=2),
        Segment(start=1, end=2, text=" Hello.", speaker="A", channel=0),
        Segment(start=62, end=63, text=" (noise)"),
    ),
)


def _vcon(transcript: Transcript, job: Job = JOB) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(Vcon().render_document(transcript, job))
    VCON.validate(document)
    return document


def test_vcon_has_parties_the_recording_and_its_transcript() -> None:
    assert _vcon(TALK) == {
        "vcon": "0.4.0",
        "uuid": ID,
        "created_at": "1970-01-02T00:01:00.250Z",
        "subject": "call.WAV",
        "parties": [{"name": "B"}, {"name": "A"}],
        "dialog": [
            {
                "type": "recording",
                "start": "1970-01-02T00:00:00Z",
                "duration": 63.5,
                "parties": [0, 1],
                "mediatype": "audio/x-wav",
                "filename": "call.WAV",
            }
        ],
        "analysis": [
            {
                "type": "transcript",
                "dialog": 0,
                "mediatype": "application/json",
                "vendor": "whisperfarm",
                "product": "demo",
                "schema": "segments",
                "encoding": "json",
                "body": {
                    "language": "en",
                    "segments": [
                        {"start": 0, "end": 1, "text": "Good day.", "speaker": "B"},
                        {"start": 1, "end": 2, "text": "Hello.", "speaker": "A"},
                        {"start": 62, "end": 63, "text": "(noise)"},
                    ],
                },
            }
        ],
    }


def test_reference_is_the_subject() -> None:
    assert _vcon(TALK, replace(JOB, labels=JobLabels(reference="7")))["subject"] == "7"


@pytest.mark.parametrize("name", ["", "call", "call.xyz", "data:audio/evil,x"])
def test_unknown_media_type_is_left_out(name: str) -> None:
    document = _vcon(TALK, replace(JOB, audio=replace(JOB.audio, filename=name)))
    assert "mediatype" not in document["dialog"][0]
    assert document.get("subject", "") == document["dialog"][0].get("filename", "") == name


def test_each_channel_has_its_parties() -> None:
    document = _vcon(replace(TALK, provenance={"channels": 4}))
    assert document["dialog"][0]["parties"] == [[1], None, [0], None]


def test_transcript_without_speakers_has_one_unknown_party() -> None:
    document = _vcon(replace(TALK, segments=TALK.segments[2:]))
    assert (document["parties"], document["dialog"][0]["parties"]) == ([{}], [0])


def test_transcript_without_segments_is_a_vcon() -> None:
    document = _vcon(replace(TALK, segments=()))
    assert document["parties"] == [{}]
    assert document["analysis"][0]["body"] == {"language": "en", "segments": []}


def test_translation_is_named_as_one() -> None:
    assert _vcon(replace(TALK, task="translate"))["analysis"][0]["type"] == "translation"


def test_hostile_text_is_kept_as_json_allows() -> None:
    segment = Segment(start=0, end=1, text=HOSTILE, speaker=HOSTILE)
    job = replace(JOB, audio=replace(JOB.audio, filename=HOSTILE))
    document = _vcon(replace(TALK, segments=(segment,)), job)
    harmless = HOSTILE.replace("\ud800", "\ufffd")
    assert document["subject"] == document["dialog"][0]["filename"] == harmless
    assert document["parties"] == [{"name": harmless}]
    assert document["analysis"][0]["body"]["segments"][0]["text"] == harmless


def test_vcon_is_a_format_of_results() -> None:
    assert isinstance(result_format("vCon"), Vcon)
