"""The formats for programs: everything we know, and what OpenAI's API would have answered."""

import json
import math
import zlib
from typing import Any, ClassVar

from whisperfarm_contract.formats.subtitle_options import PLAIN, Layout
from whisperfarm_contract.languages import NAMES
from whisperfarm_contract.transcript import Segment, Transcript, Word

FRAMES_PER_SECOND = 100
"""OpenAI's `seek` counts spectrogram frames of 10 ms."""


class Json:
    """WhisperX's shape plus `text`, `language`, `duration` and how much was covered."""

    extension: ClassVar[str] = "json"
    media_type: ClassVar[str] = "application/json"

    def render(self, transcript: Transcript, layout: Layout = PLAIN) -> str:  # noqa: ARG002
        return _dump(transcript.to_wire())


class VerboseJson:
    """OpenAI's `verbose_json`, with speakers beside it.

    The numbers of a segment that were not measured are 0, because readers of this shape expect
    numbers. `tokens` is empty for the same reason.
    """

    extension: ClassVar[str] = "verbose_json"
    media_type: ClassVar[str] = "application/json"

    def render(self, transcript: Transcript, layout: Layout = PLAIN) -> str:  # noqa: ARG002
        return _dump(
            {
                "task": transcript.task,
                "language": NAMES.get(transcript.language, transcript.language),
                "duration": transcript.duration,
                "text": transcript.text,
                "segments": [_segment(id_, one) for id_, one in enumerate(transcript.segments)],
                "words": [_word(word) for word in transcript.words()],
                "usage": {"type": "duration", "seconds": math.ceil(transcript.duration)},
            }
        )


def _segment(id_: int, segment: Segment) -> dict[str, Any]:
    return {
        "id": id_,
        "seek": round(segment.start * FRAMES_PER_SECOND),
        "start": segment.start,
        "end": segment.end,
        "text": segment.text,
        "tokens": [],
        "temperature": 0.0,
        "avg_logprob": segment.avg_logprob or 0.0,
        "compression_ratio": _compression_ratio(segment.text),
        "no_speech_prob": 0.0,
        **_speaker(segment.speaker),
    }


def _word(word: Word) -> dict[str, Any]:
    return {"word": word.text, "start": word.start, "end": word.end, **_speaker(word.speaker)}


def _speaker(speaker: str | None) -> dict[str, str]:
    return {} if speaker is None else {"speaker": speaker}


def _compression_ratio(text: str) -> float:
    """How far zlib shrinks the text: a high figure tells of a model that repeats itself."""
    raw = text.encode()
    return len(raw) / len(zlib.compress(raw))


def _dump(document: dict[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, allow_nan=False) + "\n"
