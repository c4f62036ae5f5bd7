"""Reads a form with fields in any order and the files of one call, which are streamed."""

from collections.abc import AsyncIterator

from whisperfarm_contract.problems import ClientError, MissingAudio
from whisperfarm_dispatcher.api.upload.form_fields import MAX_FIELD_BYTES, FormFields
from whisperfarm_dispatcher.api.upload.multipart import PartData, PartEnd, PartEvent, PartStart
from whisperfarm_dispatcher.submission.leg_recorder import LegRecorder

AUDIO_PARTS = frozenset({"file"})
"""Names of the part with the audio in a form of the farm's own API."""

ANY_FILE: frozenset[str] = frozenset()
"""Stands for a form whose audio is in a part with a file name, whatever the part is called, or in
one of `AUDIO_PARTS`."""


class Form:
    """Reader of a form: call `filename`, then iterate over `audio`, which also reads the rest.

    `audio_parts` are the names that the part with the audio may have. With `legs`, which records
    them, there may be several such parts.
    """

    def __init__(
        self,
        events: AsyncIterator[PartEvent],
        fields: FormFields,
        *,
        audio_parts: frozenset[str] = AUDIO_PARTS,
        legs: LegRecorder | None = None,
    ) -> None:
        self._events = events
        self._fields = fields
        self._audio_parts = audio_parts
        self._legs = legs

    async def filename(self) -> str:
        """Read the fields up to the file. Returns the file's name, which may be empty."""
        async for event in self._events:
            if isinstance(event, PartStart):
                if self._is_audio(event):
                    return event.filename or ""
                await self._read_field(event.name)
        raise MissingAudio(f"the form has no {self._part_text}; send the audio in one")

    async def audio(self) -> AsyncIterator[bytes]:
        """Yield the file's bytes, then read the fields and files that follow it.

        The bytes of several files end with their index.
        """
        async for data in self._file():
            yield data
        async for event in self._events:
            if isinstance(event, PartStart):
                if not self._is_audio(event):
                    await self._read_field(event.name)
                    continue
                self._check_repeatable()
                async for data in self._file():
                    yield data
        if self._legs is not None and self._legs.has_several:
            yield self._legs.index()

    async def _file(self) -> AsyncIterator[bytes]:
        if self._legs is not None:
            self._legs.start()
        async for data in self._part_data():
            yield data if self._legs is None else self._legs.add(data)

    def _check_repeatable(self) -> None:
        if self._legs is None:
            raise ClientError(
                f"the form has more than one {self._part_text}; send one request for each"
            )

    @property
    def _part_text(self) -> str:
        names = " or ".join(map(repr, sorted(self._audio_parts)))
        return f"part called {names}" if names else "part with a file"

    def _is_audio(self, part: PartStart) -> bool:
        if self._audio_parts == ANY_FILE:
            return part.filename is not None or part.name in AUDIO_PARTS
        if part.filename is not None and part.name not in self._audio_parts:
            raise ClientError(
                f"the part {part.name!r} has a file; send the audio in a {self._part_text}"
            )
        return part.name in self._audio_parts

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


def _decode(name: str, value: bytearray) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError as error:
        raise ClientError(f"{name}: the field is not valid UTF-8") from error
