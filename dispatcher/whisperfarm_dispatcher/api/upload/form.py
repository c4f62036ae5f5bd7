"""Reads a form with fields in any order and one file, which is streamed."""

from collections.abc import AsyncIterator

from whisperfarm_contract.problems import ClientError, MissingAudio
from whisperfarm_dispatcher.api.upload.form_fields import MAX_FIELD_BYTES, FormFields
from whisperfarm_dispatcher.api.upload.multipart import PartData, PartEnd, PartEvent, PartStart

AUDIO_FIELD = "file"
"""The name of the part that carries the audio."""


class Form:
    """Reader of a form: call `filename`, then iterate over `audio`, which also reads the rest."""

    def __init__(self, events: AsyncIterator[PartEvent], fields: FormFields) -> None:
        self._events = events
        self._fields = fields

    async def filename(self) -> str:
        """Read the fields up to the file. Returns the file's name, which may be empty."""
        async for event in self._events:
            if isinstance(event, PartStart):
                if _is_audio(event):
                    return event.filename or ""
                await self._read_field(event.name)
        raise MissingAudio(f"the form has no part called {AUDIO_FIELD!r}; send the audio in one")

    async def audio(self) -> AsyncIterator[bytes]:
        """Yield the file's bytes, then read the fields that follow it."""
        async for data in self._part_data():
            yield data
        async for event in self._events:
            if isinstance(event, PartStart):
                if _is_audio(event):
                    raise ClientError(
                        f"the form has two parts called {AUDIO_FIELD!r}; send one request for each"
                    )
                await self._read_field(event.name)

    async def _read_field(self, name: str) -> None:
        value = bytearray()
        async for data in self._part_data():
            value += data
            if len(value) > MAX_FIELD_BYTES:
                raise ClientError(f"{name}: the field is longer than {MAX_FIELD_BYTES} bytes")
        self._fields.add(name, _decode(name, value))

    async def _part_data(self) -> AsyncIterator[bytes]:
        async for event in self._events:
            if isinstance(event, PartEnd):
                return
            if isinstance(event, PartData):
                yield event.data


def _is_audio(part: PartStart) -> bool:
    if part.filename is not None and part.name != AUDIO_FIELD:
        raise ClientError(
            f"the part {part.name!r} has a file; send the audio in one called {AUDIO_FIELD!r}"
        )
    return part.name == AUDIO_FIELD


def _decode(name: str, value: bytearray) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError as error:
        raise ClientError(f"{name}: the field is not valid UTF-8") from error
