"""The format `vcon`: a container for conversations, by draft-ietf-vcon-vcon-core-03."""

import json
import re
from collections.abc import Mapping
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import Any, ClassVar

from whisperfarm_contract.job import Job, to_rfc3339
from whisperfarm_contract.transcript import Segment, Transcript
from whisperfarm_dispatcher.api.documents.parties import parties, recorded, speakers

SYNTAX_VERSION = "0.4.0"
"""The version that the draft requires as the value of `vcon`."""

RECORDING_TYPES: Mapping[str, str] = MappingProxyType(
    {
        ".wav": "audio/x-wav",
        ".mp3": "audio/x-mp3",
        ".m4a": "audio/x-mp4",
        ".ogg": "audio/ogg",
        ".mp4": "video/x-mp4",
        ".ogv": "video/ogg",
    }
)
"""The media types that the draft lists for recordings, by the suffix of the file name."""

_SURROGATE = re.compile("[\ud800-\udfff]")


class Vcon:
    """The unsigned form: parties, the recording without its audio, and its transcript."""

    media_type: ClassVar[str] = "application/vcon+json"

    def render_document(self, transcript: Transcript, job: Job) -> bytes:
        """Return the JSON text. Surrogates, which UTF-8 does not allow, are replaced by U+FFFD."""
        text = json.dumps(_container(transcript, job), ensure_ascii=False, allow_nan=False)
        return (_SURROGATE.sub("\ufffd", text) + "\n").encode()


def _container(transcript: Transcript, job: Job) -> dict[str, Any]:
    subject = job.labels.reference or job.audio.filename
    return {
        "vcon": SYNTAX_VERSION,
        "uuid": job.id,
        "created_at": _date(job.created_at if job.finished_at is None else job.finished_at),
        **({"subject": subject} if subject else {}),
        "parties": parties(speakers(transcript)),
        "dialog": [_recording(transcript, job)],
        "analysis": [_analysis(transcript)],
    }


def _recording(transcript: Transcript, job: Job) -> dict[str, Any]:
    return {
        "type": "recording",
        "start": _date(job.created_at),
        "duration": transcript.duration,
        "parties": recorded(transcript, speakers(transcript)),
        **_file(job.audio.filename),
    }


def _file(name: str) -> dict[str, str]:
    media_type = RECORDING_TYPES.get(PurePosixPath(name).suffix.lower())
    members = {"mediatype": media_type, "filename": name}
    return {key: value for key, value in members.items() if value}


def _analysis(transcript: Transcript) -> dict[str, Any]:
    return {
        "type": "translation" if transcript.task == "translate" else "transcript",
        "dialog": 0,
        "mediatype": "application/json",
        "vendor": "whisperfarm",
        "product": transcript.model,
        "schema": "segments",
        "encoding": "json",
        "body": {
            "language": transcript.language,
            "segments": [_segment(one) for one in transcript.segments],
        },
    }


def _segment(segment: Segment) -> dict[str, Any]:
    members = {"start": segment.start, "end": segment.end, "text": segment.text.strip()}
    return members if segment.speaker is None else {**members, "speaker": segment.speaker}


def _date(timestamp: float) -> str:
    """Return a `Date` of JMAP, which has no fraction of a second that is zero."""
    return (to_rfc3339(timestamp) or "").replace(".000Z", "Z")
