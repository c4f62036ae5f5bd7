"""Recordings whose header is missing, and of which the format is assumed."""

import io
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import PurePosixPath

from whisperfarm_contract.media import recognize
from whisperfarm_dispatcher.api.facades import headerless
from whisperfarm_dispatcher.settings import DispatcherSettings

_HEAD_BYTES = 64 << 10
"""Enough to recognise the frames of a file that has no magic number."""

_SUFFIXES = frozenset({".wav", ".pcm", ".raw"})
"""How clients name files of samples without a header."""

Options = Mapping[str, str]

Assume = Callable[[bytes, Options], Options]
"""Returns the options that a recording needs beside the given ones, by its first bytes."""


class AssumedAudio:
    """The bytes of a recording, of which `assumed` says how they are read.

    `options` are those of the request, which may grow while the recording is read. The assumed ones
    are added to them once it has been read.
    """

    def __init__(
        self, audio: AsyncIterator[bytes], options: dict[str, str], assume: Assume
    ) -> None:
        self._audio = audio
        self._options = options
        self._assume = assume
        self.assumed: Options = {}

    async def read(self, late_options: Callable[[], Options] = dict) -> AsyncIterator[bytes]:
        """Yield the bytes. Then add the assumed options, and those of `late_options`."""
        head, audio = await headerless.peek(self._audio, _HEAD_BYTES)
        async for chunk in audio:
            yield chunk
        self.assumed = self._assume(head, self._options)
        self._options.update(self.assumed)
        self._options.update(late_options())

    @property
    def warnings(self) -> tuple[str, ...]:
        """What was assumed, as a warning."""
        if not self.assumed:
            return ()
        read_as = ", ".join(f"{name}={value}" for name, value in self.assumed.items())
        return (f"the audio has no header; it was read with {read_as}",)


def farm_default(settings: DispatcherSettings, filename: str) -> Assume:
    """Return the assumption of the setting `headerless_audio`.

    It is made for a file that is named like samples, and whose first bytes are neither those of a
    known format nor text.
    """
    suffix = PurePosixPath(filename).suffix.lower()

    def assume(head: bytes, options: Options) -> Options:
        if suffix not in _SUFFIXES or not head or options.get("encoding"):
            return {}
        is_other = _is_text(head) or recognize(io.BytesIO(head)) is not None
        return {} if is_other else settings.headerless_options

    return assume


def _is_text(head: bytes) -> bool:
    return head.isascii() and b"\0" not in head
