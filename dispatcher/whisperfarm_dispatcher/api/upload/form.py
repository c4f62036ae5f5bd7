"""A form with a recording in it: fields in any order, and one file that is never held whole."""

from collections.abc import AsyncIterator

from whisperfarm_contract.problems import AudioMissing, BadRequest
from whisperfarm_dispatcher.api.upload.form_fields import MOST_FIELD_BYTES, Fields
from whisperfarm_dispatcher.api.upload.multipart import Event, PartBegins, PartData, PartEnds

FILE = "file"
"""The name of the part that carries the audio."""


class Form:
    """Reads the events of a form: up to the file, then the file, then what follows it."""

    def __init__(self, events: AsyncIterator[Event], fields: Fields) -> None:
        self._events = events
        self._fields = fields

    async def filename(self) -> str:
        """Read the fields up to the file, and answer what the file is called."""
        async for event in self._events:
            if isinstance(event, PartBegins):
                if _is_audio(event):
                    return event.filename or ""
                await self._read_field(event.name)
        raise AudioMissing(f"the form has no part called {FILE!r}; it is the one with the audio")

    async def audio(self) -> AsyncIterator[bytes]:
        """The bytes of the file. Fields that follow it are read before this ends."""
        async for data in self._part():
            yield data
        async for event in self._events:
            if isinstance(event, PartBegins):
                if _is_audio(event):
                    raise BadRequest(
                        f"the form has two parts called {FILE!r}; send one job for each"
                    )
                await self._read_field(event.name)

    async def _read_field(self, name: str) -> None:
        value = bytearray()
        async for data in self._part():
            value += data
            if len(value) > MOST_FIELD_BYTES:
                raise BadRequest(f"{name}: the field has more than {MOST_FIELD_BYTES} bytes")
        self._fields.add(name, _decoded(name, value))

    async def _part(self) -> AsyncIterator[bytes]:
        """The bytes of the part that has begun."""
        async for event in self._events:
            if isinstance(event, PartEnds):
                return
            if isinstance(event, PartData):
                yield event.data


def _is_audio(part: PartBegins) -> bool:
    if part.filename is not None and part.name != FILE:
        raise BadRequest(f"the audio belongs in a part called {FILE!r}, not {part.name!r}")
    return part.name == FILE


def _decoded(name: str, value: bytearray) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError as error:
        raise BadRequest(f"{name}: the field is no UTF-8 text") from error
