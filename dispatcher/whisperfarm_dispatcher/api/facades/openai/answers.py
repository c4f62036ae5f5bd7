"""The transcript as OpenAI writes it, in each of its formats."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from fastapi import Response
from fastapi.responses import JSONResponse, PlainTextResponse

from whisperfarm_contract.formats import get_format
from whisperfarm_contract.formats.json_formats import verbose_document
from whisperfarm_contract.transcript import Segment, Transcript

UNKNOWN_SPEAKER = "unknown"
"""The speaker of a segment without one: the member is required."""

_MEMBERS = {"word": "words", "segment": "segments"}


def response(
    transcript: Transcript,
    response_format: str,
    *,
    granularities: frozenset[str] = frozenset(),
    warnings: Sequence[str] = (),
) -> Response:
    """Return the answer. JSON has a member `warnings` if there are any; OpenAI has none."""
    if response_format == "text":
        return PlainTextResponse(f"{transcript.text}\n")
    if response_format in {"srt", "vtt"}:
        return PlainTextResponse(get_format(response_format).render(transcript))
    document = _document(transcript, response_format, granularities)
    return JSONResponse({**document, **({"warnings": list(warnings)} if warnings else {})})


def usage(transcript: Transcript) -> dict[str, Any]:
    return {"type": "duration", "seconds": math.ceil(transcript.duration)}


def diarized_segment(number: int, segment: Segment) -> dict[str, Any]:
    return {
        "type": "transcript.text.segment",
        "id": f"seg_{number:03d}",
        "start": segment.start,
        "end": segment.end,
        "text": segment.text.strip(),
        "speaker": segment.speaker or UNKNOWN_SPEAKER,
    }


def _document(
    transcript: Transcript, response_format: str, granularities: Iterable[str]
) -> dict[str, Any]:
    if response_format == "verbose_json":
        return _verbose(transcript, frozenset(granularities) or frozenset(_MEMBERS))
    if response_format == "diarized_json":
        return _diarized(transcript)
    return {"text": transcript.text, "usage": usage(transcript)}


def _verbose(transcript: Transcript, granularities: frozenset[str]) -> dict[str, Any]:
    is_translated = transcript.task == "translate"
    document = verbose_document(replace(transcript, language="en") if is_translated else transcript)
    for granularity, member in _MEMBERS.items():
        if granularity not in granularities:
            del document[member]
    return document


def _diarized(transcript: Transcript) -> dict[str, Any]:
    return {
        "task": transcript.task,
        "duration": transcript.duration,
        "text": transcript.text,
        "segments": [diarized_segment(i, one) for i, one in enumerate(transcript.segments)],
        "usage": usage(transcript),
    }
