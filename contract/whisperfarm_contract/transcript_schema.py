"""JSON Schema of a transcript, as `Transcript.to_wire` writes it."""

from collections.abc import Mapping
from typing import Any

Schema = Mapping[str, Any]

_TEXT: Schema = {"type": "string"}
_NUMBER: Schema = {"type": "number"}
_SECONDS: Schema = {"type": "number", "minimum": 0}
_COUNT: Schema = {"type": "integer", "minimum": 0}
_SPEAKER: Schema = {**_TEXT, "description": "absent if speakers were not requested"}


def _object(
    properties: Mapping[str, Schema], optional: Mapping[str, Schema] | None = None
) -> Schema:
    return {
        "type": "object",
        "required": list(properties),
        "properties": {**properties, **(optional or {})},
    }


def _array(items: Schema) -> Schema:
    return {"type": "array", "items": items}


_SPAN: Mapping[str, Schema] = {"start": _SECONDS, "end": _SECONDS}

_WORD = _object(
    {"word": _TEXT, **_SPAN},
    {
        "score": {
            "type": "number",
            "minimum": 0,
            "maximum": 1,
            "description": "confidence of the aligner; absent if the times are interpolated",
        },
        "speaker": _SPEAKER,
        "interpolated": {"type": "boolean", "description": "the times are those of its neighbours"},
    },
)

_SEGMENT = _object(
    {"id": _COUNT, **_SPAN, "text": _TEXT, "words": _array(_WORD)},
    {
        "speaker": _SPEAKER,
        "avg_logprob": {**_NUMBER, "description": "mean log probability of the tokens"},
        "channel": {**_COUNT, "description": "present if each channel is one speaker"},
        "language": {**_TEXT, "description": "present if it is not that of the transcript"},
        "note": {**_TEXT, "description": "of a person; absent if there is none"},
        "tags": {**_array(_TEXT), "description": "of a person; absent if there are none"},
    },
)

_COVERAGE = _object(
    {
        "audio_s": _SECONDS,
        "speech_s": _SECONDS,
        "transcribed_s": _SECONDS,
        "interpolated_words": _COUNT,
        "gaps": _array(_object(_SPAN)),
    },
    {
        "other_sound_s": {**_SECONDS, "description": "sound that was not taken for speech"},
        "other_sounds": {**_array(_object(_SPAN)), "description": "absent if there are none"},
    },
)

_RECORDING = _object(
    {
        "start_s": {
            **_SECONDS,
            "description": "real time from midnight, or from the time code 00:00:00:00",
        },
        "start_timecode": {
            **_TEXT,
            "description": "hh:mm:ss:ff, hh:mm:ss;ff if drop-frame, or hh:mm:ss of Broadcast Wave",
        },
    },
    {
        "frame_rate": {
            **_TEXT,
            "description": "frames per second, such as 25 or 30000/1001; absent of Broadcast Wave",
        },
        "drop_frame": {"type": "boolean", "description": "absent of Broadcast Wave"},
    },
)


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of the wire form. Times are in seconds."""
    members: Mapping[str, Schema] = {
        "text": _TEXT,
        "language": {**_TEXT, "description": "of several, the one with the most speech"},
        "duration": _SECONDS,
        "segments": _array(_SEGMENT),
        "word_segments": _array(_WORD),
        "turns": _array(_object({**_SPAN, "speaker": _TEXT})),
        "task": _TEXT,
        "model": _TEXT,
        "coverage": _COVERAGE,
        "warnings": _array(_TEXT),
        "provenance": {"type": "object"},
    }
    optional: Mapping[str, Schema] = {
        # Not required: FastAPI drops nulls from the examples in its document.
        "language_probability": {"type": ["number", "null"], "minimum": 0, "maximum": 1},
        "redactions": {
            **_array(_object({"kind": _TEXT, **_SPAN})),
            "description": "what is masked; absent if no redaction was requested",
        },
        "known_speakers": {
            **_array(
                _object({"name": _TEXT, "voice": _TEXT, "score": {"type": "number", "maximum": 1}})
            ),
            "description": "speakers named by enrolled voices; absent unless name_speakers is set",
        },
        "recording": {**_RECORDING, "description": "absent if the file has no time code"},
    }
    return dict(_object(members, optional))
