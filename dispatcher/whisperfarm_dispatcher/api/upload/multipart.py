"""Parses a `multipart/form-data` body into events while it arrives."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser

from whisperfarm_contract.problems import AudioEmpty, ClientError
from whisperfarm_dispatcher.api.upload.disposition import read_disposition


@dataclass(frozen=True, slots=True)
class PartStart:
    """The start of a part. A file has a file name, as browsers and curl send it."""

    name: str
    filename: str | None


@dataclass(frozen=True, slots=True)
class PartData:
    """Bytes of the current part."""

    data: bytes


@dataclass(frozen=True, slots=True)
class PartEnd:
    """The end of the current part."""


PartEvent = PartStart | PartData | PartEnd


async def parse_events(body: AsyncIterator[bytes], boundary: bytes) -> AsyncIterator[PartEvent]:
    """Yield the events of the body. Raises `ClientError` if the form is invalid or incomplete, and
    `AudioEmpty` if there is no body."""
    parser = _Parser(boundary)
    is_empty = True
    async for chunk in body:
        is_empty = is_empty and not chunk
        for event in parser.feed(chunk):
            yield event
    if is_empty:
        raise AudioEmpty("the request has no body; send a form with the recording")
    parser.end()


class _Parser:
    """Parser that collects the events of python-multipart's callbacks."""

    def __init__(self, boundary: bytes) -> None:
        self._events: list[PartEvent] = []
        self._headers: dict[bytes, bytes] = {}
        self._name, self._value = b"", b""
        self._is_complete = False
        self._parser = self._new_parser(boundary)

    def feed(self, chunk: bytes) -> list[PartEvent]:
        try:
            self._parser.write(chunk)
        except FormParserError as error:
            raise ClientError(f"invalid form: {error}") from error
        read, self._events = self._events, []
        return read

    def end(self) -> None:
        if not self._is_complete:
            raise ClientError("the form ends before its last boundary; send it again")

    def _new_parser(self, boundary: bytes) -> MultipartParser:
        try:
            return MultipartParser(
                boundary,
                {
                    "on_part_begin": self._headers.clear,
                    "on_header_field": self._on_header_name,
                    "on_header_value": self._on_header_value,
                    "on_header_end": self._on_header_end,
                    "on_headers_finished": self._on_headers_finished,
                    "on_part_data": self._on_data,
                    "on_part_end": lambda: self._events.append(PartEnd()),
                    "on_end": self._on_end,
                },
            )
        except FormParserError as error:
            raise ClientError(f"invalid form: {error}") from error

    def _on_header_name(self, data: bytes, start: int, end: int) -> None:
        self._name += data[start:end]

    def _on_header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _on_header_end(self) -> None:
        self._headers[self._name.lower()] = self._value
        self._name, self._value = b"", b""

    def _on_headers_finished(self) -> None:
        name, filename = read_disposition(self._headers.get(b"content-disposition"))
        if name is None:
            raise ClientError("the form has a part without a name; name each part")
        self._events.append(PartStart(name, filename))

    def _on_data(self, data: bytes, start: int, end: int) -> None:
        self._events.append(PartData(data[start:end]))

    def _on_end(self) -> None:
        self._is_complete = True
