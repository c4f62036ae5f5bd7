"""Jobs and transcripts as LinTO's transcription service writes them."""

import json
from collections.abc import Mapping
from statistics import fmean
from types import MappingProxyType
from typing import Any

from whisperfarm_contract import formats
from whisperfarm_contract.job import Job
from whisperfarm_contract.problems import ClientError
from whisperfarm_contract.states import JobState
from whisperfarm_contract.transcript import Segment, Transcript, Word
from whisperfarm_dispatcher.api.accept import preferred

JSON = "application/json"
MEDIA_TYPES = (JSON, "text/plain", "text/vtt", "text/srt")

_STEPS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "preprocessing": ("fetch", "decode", "speech"),
        "transcription": ("transcribe", "align"),
        "diarization": ("diarize",),
        "postprocessing": ("render",),
    }
)
"""The stages of an attempt in each of LinTO's steps, in order."""


def preferred_type(accept: str | None) -> str | None:
    """Return the media type of an answer, or `None` if none is acceptable."""
    return preferred(accept, MEDIA_TYPES)


def media_type(accept: str | None) -> str:
    """Return the media type of an answer. Raises `ClientError` if none is acceptable."""
    chosen = preferred_type(accept)
    if chosen is None:
        raise ClientError(f"Accept: {accept!r} has none of {', '.join(MEDIA_TYPES)}; send one")
    return chosen


def submitted(job: Job, media_type: str) -> str:
    """Return the answer to a submission."""
    return json.dumps({"jobid": job.id}) if media_type == JSON else job.id


def job_status(job: Job) -> tuple[int, dict[str, Any]]:
    """Return the status and document of a job."""
    match job.state:
        case JobState.QUEUED:
            return 202, {"state": "pending"}
        case JobState.RUNNING:
            return 202, {"state": "started", "steps": _steps(job)}
        case JobState.SUCCEEDED:
            return 201, {"state": "done", "result_id": job.id}
        case JobState.FAILED | JobState.CANCELLED:
            return 500, {"state": "failed", "reason": _reason(job)}


def result(transcript: Transcript, media_type: str) -> str:
    """Return a transcript in one of LinTO's media types."""
    match media_type:
        case "text/plain":
            return _lines(transcript)
        case "text/vtt" | "text/srt":
            return formats.get_format(media_type.removeprefix("text/")).render(transcript)
    return json.dumps(document(transcript), ensure_ascii=False)


def document(transcript: Transcript) -> dict[str, Any]:
    """Return the transcript as JSON. Confidences are null where they are unknown."""
    return {
        "transcription_result": _lines(transcript),
        "raw_transcription": transcript.text,
        "language": transcript.language,
        "confidence": _mean_score(transcript),
        "segments": [_segment(one, transcript) for one in transcript.segments],
    }


def _reason(job: Job) -> str:
    return str((job.problem or {}).get("detail", f"the job is {job.state.value}"))


def _steps(job: Job) -> dict[str, Any]:
    """Return LinTO's steps. Those before the current stage are done."""
    stage = None if job.progress is None else job.progress.stage
    names = list(_STEPS)
    current = next((name for name in names if stage in _STEPS[name]), names[0])
    at = names.index(current)
    return {name: _step(index - at, job) for index, name in enumerate(names)}


def _step(distance: int, job: Job) -> dict[str, Any]:
    if distance == 0:
        fraction = 0.0 if job.progress is None else job.progress.fraction
        return {"required": True, "status": "started", "progress": round(fraction, 3)}
    done = distance < 0
    return {"required": True, "status": "done" if done else "pending", "progress": float(done)}


def _lines(transcript: Transcript) -> str:
    return "\n".join(_line(segment) for segment in transcript.segments)


def _line(segment: Segment) -> str:
    text = segment.text.strip()
    return f"{segment.speaker}: {text}" if segment.speaker else text


def _mean_score(transcript: Transcript) -> float | None:
    scores = [word.score for word in transcript.words() if word.score is not None]
    return round(fmean(scores), 3) if scores else None


def _segment(segment: Segment, transcript: Transcript) -> dict[str, Any]:
    text = segment.text.strip()
    return {
        "raw_segment": text,
        "segment": text,
        "start": segment.start,
        "end": segment.end,
        "duration": round(segment.end - segment.start, 3),
        "language": segment.language or transcript.language,
        "spk_id": segment.speaker,
        "words": [_word(word) for word in segment.words],
    }


def _word(word: Word) -> dict[str, Any]:
    return {"word": word.text, "start": word.start, "end": word.end, "conf": word.score}
