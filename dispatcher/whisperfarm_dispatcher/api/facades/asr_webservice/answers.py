"""A transcript as whisper-asr-webservice writes it."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from whisperfarm_contract import formats
from whisperfarm_contract.languages import NAMES
from whisperfarm_contract.transcript import Transcript

ENGINE = "whisperx"
"""The engine of the service whose JSON has the same shape."""

_SEGMENT = ("start", "end", "text", "words", "speaker")


def content(transcript: Transcript, output: str) -> str:
    """Return the transcript in one of the service's formats."""
    if output == "json":
        return json.dumps(_document(transcript), ensure_ascii=False)
    return formats.get_format(output).render(transcript)


def headers(filename: str, output: str) -> dict[str, str]:
    """Return the headers of a transcript. The name of the file is percent-encoded."""
    name = quote(filename or "audio_file")
    return {
        "Asr-Engine": ENGINE,
        "Content-Disposition": f'attachment; filename="{name}.{output}"',
    }


def detected_language(transcript: Transcript) -> dict[str, Any]:
    """Return the language of a transcript. `confidence` is 0 if it was not measured."""
    return {
        "detected_language": NAMES.get(transcript.language, transcript.language),
        "language_code": transcript.language,
        "confidence": transcript.language_probability or 0.0,
    }


def _document(transcript: Transcript) -> dict[str, Any]:
    wire = transcript.to_wire()
    return {
        "language": wire["language"],
        "segments": [_segment(segment) for segment in wire["segments"]],
        "word_segments": wire["word_segments"],
        "text": wire["text"],
    }


def _segment(wire: Mapping[str, Any]) -> dict[str, Any]:
    return {name: wire[name] for name in _SEGMENT if name in wire}
