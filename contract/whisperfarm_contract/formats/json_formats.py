"""The JSON formats: the complete transcript, and the shape of OpenAI's API."""

import json
import math
import zlib
from typing import Any, ClassVar

from whisperfarm_contract.formats.subtitle_options import DEFAULT_OPTIONS, SubtitleOptions
from whisperfarm_contract.languages import NAMES
from whisperfarm_contract.transcript import Segment, Transcript, Word

FRAMES_PER_SECOND = 100
"""The unit of OpenAI's `seek` is a spectrogram frame of 10 ms."""


class Json:
    """WhisperX's shape with all further members of the transcript."""

    extension: ClassVar[str] = "json"
    media_type: ClassVar[str] = "application/json"

    def render(self, transcript: Transcript, options: SubtitleOptions = DEFAULT_OPTIONS) -> str:  # noqa: ARG002
        return _to_json(transcript.to_wire())


class VerboseJson:
    """OpenAI's `verbose_json`, with speakers added.

    Readers of this shape expect every member, so unknown numbers are 0 and `tokens` is empty.
    """

    extension: ClassVar[str] = "verbose_json"
    media_type: ClassVar[str] = "application/json"

    def render(self, transcript: Transcript, options: SubtitleOptions = DEFAULT_OPTIONS) -> str:  # noqa: ARG002
        return _to_json(verbose_document(transcript))


def verbose_document(transcript: Transcript) -> dict[str, Any]:
    """Return the members of `verbose_json`."""
    return {
        "task": transcript.task,
        "language": NAMES.get(transcript.language, transcript.language),
        "duration": transcript.duration,
        "text": transcript.text,
        "segments": [_segment(id_, one) for id_, one in enumerate(transcript.segments)],
        "words": [_word(word) for word in transcript.words()],
        "usage": {"type": "duration", "seconds": math.ceil(transcript.duration)},
    }


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
    """Return the ratio by which zlib compresses the text; it is high for repetitive text."""
    raw = text.encode()
    return len(raw) / len(zlib.compress(raw))


def _to_json(document: dict[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, allow_nan=False) + "\n"
