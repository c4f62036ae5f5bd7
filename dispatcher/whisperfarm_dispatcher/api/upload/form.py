"""Reads a form with fields in any order and one file, which is streamed."""

from collections.abc import AsyncIterator

from whisperfarm_contract.problems import AudioMissing, BadRequest
from whisperfarm_dispatcher.api.upload.form_fields import MOST_FIELD_BYTES, Fields
from whisperfarm_dispatcher.api.upload.multipart import Event, PartBegins, PartData, PartEnds

FILE = "file"
"""The name of the part that carries the audio."""


class Form:
    """Reader of a form: call `filename`, then iterate over `audio`, which also reads the rest."""

    def __init__(self, events: AsyncIterator[Event], fields: Fields) -> None:
        self._events = events
        self._fields = fields

    async def filename(self) -> str:
        """Read the fields up to the file. Returns the file's name, which may be empty."""
        async for event in self._events:
            if isinstance(event, PartBegins):
                if _is_audio(event):
                    return event.filename or ""
                await self._read_field(event.name)
        raise AudioMissing(f"the form has no part called {FILE!r}; send the audio in one")

    async def audio(self) -> AsyncIterator[bytes]:
        """Yield the file's bytes, then read the fields that follow it."""
        async for data in self._part():
            yield data
        async for event in self._events:
            if isinstance(event, PartBegins):
                if _is_audio(event):
                    raise BadRequest(
                        f"the form has two parts called {FILE!r}; send one request for each"
                    )
                await self._read_field(event.name)

    async def _read_field(self, name: str) -> None:
        value = bytearray()
        async for data in self._part():
            value += data
            if len(value) > MOST_FIELD_BYTES:
                raise BadRequest(f"{name}: the field is longer than {MOST_FIELD_BYTES} bytes")
        self._fields.add(name, _decoded(name, value))

    async def _part(self) -> AsyncIterator[bytes]:
        async for event in self._events:
            if isinstance(event, PartEnds):
                return
            if isinstance(event, PartData):
                yield event.data


def _is_audio(part: PartBegins) -> bool:
    if part.filename is not None and part.name != FILE:
        raise BadRequest(
            f"the part {part.name!r} has a file; send the audio in one called {FILE!r}"
        )
    return part.name == FILE


def _decoded(name: str, value: bytearray) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError as error:
        raise BadRequest(f"{name}: the field is not valid UTF-8") from error
