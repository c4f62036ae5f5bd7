"""Examples of what the API answers. The contract has those of jobs and transcripts."""

from whisperfarm_contract.audit import CHAIN, AuditKind
from whisperfarm_contract.custody import NO_PREVIOUS, Kind, custody_document, new_entry
from whisperfarm_contract.examples import JOB

BATCH = {
    "id": "2024-11-20",
    "jobs": {
        "total": 1000,
        "queued": 310,
        "running": 8,
        "succeeded": 680,
        "failed": 2,
        "cancelled": 0,
    },
    "audio_s": {"total": 180_360.5, "transcribed": 122_604.2},
    "created_at": "2024-11-20T16:26:40.000Z",
    "changed_at": "2024-11-20T17:03:12.480Z",
    "links": {"self": "/v1/batches/2024-11-20", "jobs": "/v1/jobs?batch=2024-11-20"},
}

ADDITION = {
    "name": "summary",
    "revision": 1,
    "state": "made",
    "tries": 1,
    "last_error": None,
    "created_at": "2024-11-20T16:27:01.120Z",
    "finished_at": "2024-11-20T16:27:03.870Z",
    "value": {"summary": "The caller asks for a refund.", "topics": ["refund"]},
}

CALLBACK = {
    "id": f"{JOB.id}_callback",
    "protocol": "http",
    "address": "https://example.com/callbacks",
    "event": "job.succeeded",
    "state": "pending",
    "tries": 1,
    "last_status": 503,
    "last_error": "the receiver answered 503",
    "created_at": "2024-11-20T16:27:01.120Z",
    "next_at": "2024-11-20T16:27:06.310Z",
    "finished_at": None,
}

CUSTODY = custody_document(
    JOB.id,
    JOB.tenant,
    issued_at="2024-11-20T17:03:12.480Z",
    entries=[
        new_entry(
            JOB.id,
            1,
            "2024-11-20T16:26:40.000Z",
            Kind.ACCEPTED,
            {
                "tenant": JOB.tenant,
                "file_hash_sha256": JOB.audio.sha256,
                "size_bytes": JOB.audio.size_bytes,
                "preset": JOB.preset,
                "options": JOB.options.to_wire(),
                "ingress": "http",
            },
            previous=NO_PREVIOUS,
        )
    ],
    openings=[],
)

PAUSE = {
    "preset": "premium",
    "accept": True,
    "dispatch": False,
    "reason": "the models are being replaced",
    "retry_after_s": 600,
    "paused_at": "2024-11-20T16:27:01.120Z",
}

AUDIT_ENTRY = new_entry(
    CHAIN,
    1,
    "2024-11-20T09:30:00Z",
    AuditKind.KEY_REVOKED,
    {"actor": "ana@farm-1", "address": "", "key": "3f9a1c0e77b2", "tenant": "north"},
    previous=NO_PREVIOUS,
).to_wire()
USAGE = {
    "day": "2024-11-20",
    "tenant": "north",
    "key": "3f9a1c0e77b2",
    "jobs": {"queued": 0, "running": 1, "succeeded": 411, "failed": 2, "cancelled": 0},
    "audio_s": 98211.4,
    "speech_s": 61004.25,
    "audio_bytes": 1571382400,
    "stored_bytes": 1571382400,
}

VOCABULARY = {
    "name": "products",
    "words": ["Aurora 5", "fibre to the home"],
    "updated_at": "2024-11-20T16:27:01.120Z",
}

PRESET = {
    "name": "premium",
    "description": "large-v3, words aligned, speakers",
    "models": {
        "voice_activity": "silero",
        "speech": "large-v3",
        "diarizer": "pyannote/speaker-diarization-community-1",
    },
    "align": True,
    "diarize": True,
    "languages": [],
    "is_served": True,
    "is_default": False,
}

LINK = {
    "url": "https://s3.example.com/farm/results/transcript.json?X-Amz-Expires=3600&X-Amz-Signature=",
    "expires_at": "2024-11-20T17:27:01Z",
}

CORRECTION = {
    "parent": 1,
    "operations": [
        {"op": "replace_text", "segment": 0, "first_word": 1, "text": "evening."},
        {"op": "rename_speaker", "speaker": "SPEAKER_00", "to": "Ada"},
        {"op": "set_tags", "segment": 0, "tags": ["greeting"]},
    ],
    "note": "names from the contract",
}

REVISION = {
    "number": 2,
    "kind": "corrected",
    "parent": 1,
    "author": "key:3f2a9c1e42b7",
    "created_at": "2024-11-20T17:03:12.480Z",
    "note": "names from the contract",
    "tags": [],
}

CHANGE = {
    "segment": 0,
    "before": {"text": "Good morning.", "speaker": "SPEAKER_00", "tags": []},
    "after": {"text": "Good evening.", "speaker": "Ada", "tags": ["greeting"]},
}
