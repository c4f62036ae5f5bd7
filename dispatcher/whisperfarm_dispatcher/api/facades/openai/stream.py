"""The transcript as OpenAI's server-sent events."""

import json
from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Any

from fastapi.responses import StreamingResponse
from fastapi.sse import EventSourceResponse, format_sse_event

from whisperfarm_contract.transcript import Transcript
from whisperfarm_dispatcher.api.facades.openai.answers import diarized_segment, usage


def response(
    transcript: Transcript, response_format: str, *, warnings: Sequence[str] = ()
) -> StreamingResponse:
    """Return the events of a transcript: its text in parts, and at last the whole text.

    With `diarized_json`, an event for each segment has its times and speaker.
    """
    events = (*_parts(transcript, response_format), _done(transcript, warnings))
    return StreamingResponse(_encoded(events), media_type=EventSourceResponse.media_type)


def _parts(transcript: Transcript, response_format: str) -> Iterator[dict[str, Any]]:
    space = ""
    for number, segment in enumerate(transcript.segments):
        yield {"type": "transcript.text.delta", "delta": f"{space}{segment.text.strip()}"}
        space = " "
        if response_format == "diarized_json":
            yield diarized_segment(number, segment)


def _done(transcript: Transcript, warnings: Sequence[str]) -> dict[str, Any]:
    return {
        "type": "transcript.text.done",
        "text": transcript.text,
        "usage": usage(transcript),
        **({"warnings": list(warnings)} if warnings else {}),
    }


async def _encoded(events: Sequence[dict[str, Any]]) -> AsyncIterator[bytes]:
    for event in events:
        yield format_sse_event(data_str=json.dumps(event, ensure_ascii=False))
