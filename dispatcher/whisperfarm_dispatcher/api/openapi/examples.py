"""Examples of what the API answers. The contract has those of jobs and transcripts."""

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

PAUSE = {
    "preset": "premium",
    "accept": True,
    "dispatch": False,
    "reason": "the models are being replaced",
    "retry_after_s": 600,
    "paused_at": "2024-11-20T16:27:01.120Z",
}

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
