"""Renders the output files from the farm's JSON."""

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from whisperfarm_client.errors import AnswerWrong

if TYPE_CHECKING:  # the contract's dataclasses are slow to import, and JSON output needs none
    from whisperfarm_contract.transcript import Transcript

_ALWAYS = ("text", "language", "duration", "segments")
"""Members that programs expect in the JSON file."""


class File(NamedTuple):
    """The extension and content of one output file."""

    extension: str
    content: bytes


def read(body: bytes, *, silence_text: str | None) -> dict[str, Any]:
    """Return the transcript's document, with `silence_text` if it is given and there is no text.

    Raises `AnswerWrong` if the body is not a transcript.
    """
    try:
        document = json.loads(body)
    except ValueError:
        document = None
    if not isinstance(document, dict) or not all(member in document for member in _ALWAYS):
        raise AnswerWrong("the response of the farm is not a transcript")
    if silence_text is not None and not str(document["text"]).strip():
        return _with_placeholder(document, silence_text)
    return document


def files(document: Mapping[str, Any], name: str, layout: Mapping[str, Any]) -> Iterator[File]:
    """Yield the file of one output format, or with `all` the files that `whisper` writes."""
    if name == "json":
        yield _as_it_came(document)
        return
    from whisperfarm_contract import formats

    for each in formats.ALL if name == "all" else (name,):
        if each == "json":
            yield _as_it_came(document)
        else:
            text = formats.find(each).render(_transcript(document), formats.Layout(**layout))
            yield File(formats.find(each).extension, _encoded(text))


def lines(document: Mapping[str, Any]) -> Iterator[str]:
    """Yield the segments as the `whisper` command prints them."""
    from whisperfarm_contract.formats.subtitles import clock

    for segment in document["segments"]:
        start, end = (clock(round(1000 * segment[edge])) for edge in ("start", "end"))
        yield f"[{start} --> {end}]  {segment['text'].strip()}"


def _with_placeholder(document: Mapping[str, Any], text: str) -> dict[str, Any]:
    end = document["duration"]
    segment = {"id": 0, "start": 0.0, "end": end, "text": text, "words": []}
    return {**document, "text": text, "segments": [segment]}


def _as_it_came(document: Mapping[str, Any]) -> File:
    """Write all members of the document, including unknown ones of a newer farm."""
    return File("json", _encoded(json.dumps(document, ensure_ascii=False) + "\n"))


def _transcript(document: Mapping[str, Any]) -> "Transcript":
    from whisperfarm_contract import transcript

    try:
        return transcript.from_wire(document)
    except (KeyError, TypeError) as error:
        raise AnswerWrong(f"the transcript in the farm's response is invalid: {error}") from error


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", errors="replace")
