"""Reads what ffmpeg writes to standard error: the time stamps of frames, and errors.

The command has `-loglevel level+info` and the filter `ashowinfo`.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

_FRAME = re.compile(
    rb"^\[Parsed_ashowinfo_\d+ @ [^\]]*\] \[info\] n: *\d+ pts: *(-?\d+|NOPTS) "
    rb".*? nb_samples:(\d+) "
)
_ERROR = re.compile(rb"^(?:\[[^\]]* @ [^\]]*\] )*\[(?:error|fatal|panic)\] (.*)")
_REST_OF_FRAME = re.compile(rb"checksum:\w+ (?:plane_checksums: .*)?")
_COMPLAINT = re.compile(rb"error|invalid|corrupt", re.IGNORECASE)
_MAX_LINE_BYTES = 1 << 16


@dataclass(slots=True, kw_only=True)
class DecoderLog:
    """Parser of ffmpeg's standard error.

    `on_frame(time_stamp, frames)` is called for each frame; the time stamp is `None` if it is
    unknown. `errors` are the last errors.
    """

    on_frame: Callable[[int | None, int], None] | None = None
    errors: list[str] = field(default_factory=list, init=False)
    _line: bytes = field(default=b"", init=False, repr=False)

    def append(self, data: bytes) -> None:
        """Append the next bytes of standard error."""
        *lines, rest = (self._line + data).split(b"\n")
        self._line = rest[-_MAX_LINE_BYTES:]
        for line in lines:
            self._read(line)

    def flush(self) -> None:
        """Read a last line that does not end in a line feed."""
        self._read(self._line)
        self._line = b""

    @property
    def last_error(self) -> str:
        """The last error, or an empty text."""
        return self.errors[-1] if self.errors else ""

    def _read(self, line: bytes) -> None:
        if frame := _FRAME.match(line):
            time_stamp, frames = frame.groups()
            if self.on_frame is not None:
                self.on_frame(None if time_stamp == b"NOPTS" else int(time_stamp), int(frames))
            # Another thread of ffmpeg may write into the line, and then its text has no level.
            rest = _REST_OF_FRAME.sub(b"", line[frame.end() :])
            if _COMPLAINT.search(rest):
                self._add_error(rest)
        elif error := _ERROR.match(line):
            self._add_error(error.group(1))

    def _add_error(self, text: bytes) -> None:
        self.errors = [*self.errors[-9:], text.decode(errors="replace").strip()]
