"""Renders the output files from the farm's JSON."""

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from whisperfarm_client import documents
from whisperfarm_client.errors import BadResponse

if TYPE_CHECKING:  # the contract's dataclasses are slow to import, and JSON output needs none
    from whisperfarm_contract.transcript import Transcript


class OutputFile(NamedTuple):
    """The extension and content of one output file."""

    extension: str
    content: bytes


def read(body: bytes, *, silence_text: str | None = None) -> dict[str, Any]:
    """Return the transcript's document, with `silence_text` if it is given and there is no text.

    Raises `BadResponse` if the body is not a transcript.
    """
    document = documents.parse_object(body)
    if document is None:
        raise BadResponse("the response of the farm is not a transcript")
    try:
        documents.TRANSCRIPT(document)
    except documents.InvalidDocument as error:
        raise _invalid(error) from error
    if silence_text is not None and not str(document["text"]).strip():
        return _with_placeholder(document, silence_text)
    return document


def files(
    document: Mapping[str, Any], name: str, subtitle_options: Mapping[str, Any]
) -> list[OutputFile]:
    """Return the file of one output format, or with `all` the files that `whisper` writes.

    Raises `BadResponse` if one of them cannot be rendered.
    """
    try:
        return list(_render(document, name, subtitle_options))
    except (KeyError, TypeError, ValueError, OverflowError, RecursionError) as error:
        raise _invalid(error) from error


def _render(
    document: Mapping[str, Any], name: str, subtitle_options: Mapping[str, Any]
) -> Iterator[OutputFile]:
    if name == "json":
        yield _unchanged(document)
        return
    from whisperfarm_contract import formats

    for format_name in formats.WHISPER_FORMATS if name == "all" else (name,):
        if format_name == "json":
            yield _unchanged(document)
        else:
            text = formats.get_format(format_name).render(
                _transcript(document), formats.SubtitleOptions(**subtitle_options)
            )
            yield OutputFile(formats.get_format(format_name).extension, _encode(text))


def lines(document: Mapping[str, Any]) -> Iterator[str]:
    """Yield the segments as the `whisper` command prints them."""
    from whisperfarm_contract.formats.subtitles import timestamp

    for segment in document["segments"]:
        start, end = (timestamp(round(1000 * segment[edge])) for edge in ("start", "end"))
        yield f"[{start} --> {end}]  {segment['text'].strip()}"


def _with_placeholder(document: Mapping[str, Any], text: str) -> dict[str, Any]:
    end = document["duration"]
    segment = {"id": 0, "start": 0.0, "end": end, "text": text, "words": []}
    return {**document, "text": text, "segments": [segment]}


def _unchanged(document: Mapping[str, Any]) -> OutputFile:
    """Write all members of the document, including unknown ones of a newer farm."""
    text = json.dumps(document, ensure_ascii=False, allow_nan=False)
    return OutputFile("json", _encode(text + "\n"))


def _transcript(document: Mapping[str, Any]) -> "Transcript":
    from whisperfarm_contract import transcript

    return transcript.from_wire(document)


def _invalid(error: Exception) -> BadResponse:
    return BadResponse(f"the transcript in the farm's response is invalid: {error}")


def _encode(text: str) -> bytes:
    return text.encode("utf-8", errors="replace")
