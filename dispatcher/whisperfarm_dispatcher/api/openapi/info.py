"""The document as a whole."""

from importlib.metadata import version
from typing import Any

ABOUT: dict[str, Any] = {
    "title": "whisperfarm",
    "version": version("whisperfarm"),
    "summary": "Recordings of speech in, transcripts with words, times and speakers out.",
    "description": (
        "Hand in a recording with `POST /v1/jobs`, look after its job, fetch the transcript in the"
        " format you like. `POST /transcribe` does all of it in one call. What goes wrong is"
        " answered as `application/problem+json`, with a `name` that does not change."
    ),
    "openapi_tags": [
        {"name": "jobs", "description": "Recordings on their way to transcripts."},
        {"name": "transcribe", "description": "The whole way in one call."},
        {"name": "health", "description": "For probes; no key is needed."},
    ],
}
