"""Title, description and tags of the OpenAPI document."""

from importlib.metadata import version
from typing import Any

INFO: dict[str, Any] = {
    "title": "whisperfarm",
    "version": version("whisperfarm"),
    "summary": "Transcribes recordings of speech, with times and speakers for every word.",
    "description": (
        "Submit a recording with `POST /v1/jobs`, wait for its job with `GET /v1/jobs/{job_id}`,"
        " and get the transcript from `GET /v1/jobs/{job_id}/result` in any format."
        " `POST /transcribe` does all of this in one request. Errors are"
        " `application/problem+json` (RFC 9457) with a stable `name`."
    ),
    "openapi_tags": [
        {"name": "jobs", "description": "Submit recordings, follow their jobs, get transcripts."},
        {"name": "transcribe", "description": "Transcribe a recording in one request."},
        {"name": "openai", "description": "OpenAI's API for audio, for its existing clients."},
        {"name": "deepgram", "description": "Deepgram's API, for its existing clients."},
        {"name": "siprec", "description": "The API of SIPREC's provider `opensource`."},
        {
            "name": "whisper-asr-webservice",
            "description": "The API of whisper-asr-webservice, for its existing clients.",
        },
        {"name": "linto", "description": "The API of LinTO, for its existing clients."},
        {"name": "vocabularies", "description": "Words that jobs name by `vocabulary`."},
        {
            "name": "speakers",
            "description": "Voices by which jobs name speakers.",
        },
        {"name": "operators", "description": "Pause the farm or a preset, with an operator's key."},
        {"name": "usage", "description": "What tenants and their keys have used."},
        {"name": "health", "description": "Liveness and readiness probes. They need no API key."},
    ],
}
