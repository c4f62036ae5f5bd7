"""Several recordings of one call, and the form in which they are sent."""

import os
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import NamedTuple

from whisperfarm_client import audio_file
from whisperfarm_client.audio_file import Audio, AudioFile
from whisperfarm_contract.problems import Problem

_ESCAPES = str.maketrans({'"': "%22", "\r": "%0D", "\n": "%0A"})


class Leg(NamedTuple):
    """A recording that starts `offset_s` seconds after the call, and the name of its speaker."""

    audio: Audio
    offset_s: float = 0.0
    name: str = ""


def open_legs(audio: Sequence[Audio]) -> list[AudioFile]:
    """Return the recordings. Raises `MissingAudio` or `AudioEmpty` with the path of the leg."""
    return [_open(one) for one in audio]


def _open(audio: Audio) -> AudioFile:
    try:
        return audio_file.open_audio(audio)
    except Problem as problem:
        problem.detail = f"{os.fspath(audio)}: {problem.detail}"  # type: ignore[arg-type]
        problem.args = (problem.detail,)
        raise


class LegForm:
    """A form with the recordings of a call, with a length that is known before it is sent."""

    def __init__(self, legs: Sequence[Leg], *, filename: str | None = None) -> None:
        """Open the files. `filename` replaces the name of the first.

        Raises `MissingAudio` or `AudioEmpty`.
        """
        self._boundary = audio_file.new_key()
        self._files = open_legs([leg.audio for leg in legs])
        names = [file.filename for file in self._files]
        names[:1] = [filename or name for name in names[:1]]
        self._heads = [
            self._field("leg_offset_s", str(leg.offset_s))
            + self._field("leg_name", leg.name)
            + self._part(f'name="file"; filename="{name.translate(_ESCAPES)}"')
            for leg, name in zip(legs, names, strict=True)
        ]
        self._tail = f"--{self._boundary}--\r\n".encode()

    @property
    def content_type(self) -> str:
        return f"multipart/form-data; boundary={self._boundary}"

    @property
    def size_bytes(self) -> int:
        """Length of the form."""
        ends = len(self._files) * len(b"\r\n") + len(self._tail)
        return sum(map(len, self._heads)) + self._audio_bytes + ends

    def chunks(self, on_sent: Callable[[float], None]) -> Iterator[bytes]:
        """Yield the form. Raises `MissingAudio` if a file has become shorter or cannot be read.

        Calls `on_sent` with the fraction of the recordings sent so far, 0 to 1.
        """
        sent_bytes = 0
        for head, file in zip(self._heads, self._files, strict=True):
            yield head
            yield from audio_file.chunks(file, partial(self._report, on_sent, sent_bytes, file))
            sent_bytes += file.size_bytes
            yield b"\r\n"
        yield self._tail

    @property
    def _audio_bytes(self) -> int:
        return sum(file.size_bytes for file in self._files)

    def _report(
        self, on_sent: Callable[[float], None], before: int, file: AudioFile, fraction: float
    ) -> None:
        on_sent((before + fraction * file.size_bytes) / self._audio_bytes)

    def _field(self, name: str, value: str) -> bytes:
        return self._part(f'name="{name}"') + value.encode(errors="replace") + b"\r\n"

    def _part(self, parameters: str) -> bytes:
        # File names are not always valid UTF-8.
        head = f"--{self._boundary}\r\nContent-Disposition: form-data; {parameters}\r\n\r\n"
        return head.encode(errors="replace")
