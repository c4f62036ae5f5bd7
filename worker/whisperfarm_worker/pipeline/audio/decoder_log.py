"""Reads what ffmpeg writes to standard error: the time stamps of frames, and errors.

The command has `-loglevel level+info` and the filter `ashowinfo`. A line is
`[codec @ 0x1] [level] text`, with any number of contexts before the level. Some lines are written
in pieces, such as those of frames and of the output's streams. Another thread of ffmpeg may write
between two pieces, and then its text follows the first one, mostly without context and level.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

_CONTEXTS = rb"(?:\[[^\]]* @ [^\]]*\] ?)*"
_FRAME_FIELDS = rb"n: *\d+ pts: *(-?\d+|NOPTS) .*? nb_samples:(\d+) "
_FRAME = re.compile(rb"^\[Parsed_ashowinfo_\d+ @ [^\]]*\] \[info\] " + _FRAME_FIELDS)
_GLUED_FRAME = re.compile(_FRAME_FIELDS)
_REST_OF_FRAME = re.compile(rb"(?:channels|chlayout|rate|fmt|pos):\S* |checksum:\w+ |"
                            rb"plane_checksums: (?:\[[ 0-9A-F]*\]?)?")  # fmt: skip
_ERROR = re.compile(rb"^" + _CONTEXTS + rb"\[(?:error|fatal|panic)\] (.*)")
_GLUED_ERROR = re.compile(_CONTEXTS + rb"\[(?:error|fatal|panic)\] (.*)")
_INFO = re.compile(rb"^" + _CONTEXTS + rb"\[info\] (.*)")
_WORDS_OF_ERRORS = re.compile(
    rb"error|invalid|corrupt|unsupported|exhausted|exceed|overread|too big|missing|not allocated|"
    rb"not allowed|not implemented|premature",
    re.IGNORECASE,
)
_NOTE = re.compile(rb"overread, skip -?\d+ enddists: -?\d+ -?\d+")
"""The MP3 decoder reports by this that it ignores a wrong size which some encoders write. Nothing
is missing then."""

_DECODING_STARTS = b"[info] Stream mapping:"
"""Lines before this one may contain metadata of the file, which may be any text."""

_END_OF_FILE = (
    b"Operation not permitted",
    b"Error during demuxing: Invalid data found when processing input",
)
"""What versions of ffmpeg report if a demuxer returns -1 at the end, as that of GXF does."""

_MAX_LINE_BYTES = 1 << 16


@dataclass(slots=True, kw_only=True)
class DecoderLog:
    """Parser of ffmpeg's standard error.

    `on_frame(time_stamp, frames)` is called for each frame; the time stamp is `None` if it is
    unknown. `errors` are the last errors. With `ends_with_error` the demuxer reports an error at
    the end of every file, which is ignored.
    """

    on_frame: Callable[[int | None, int], None] | None = None
    ends_with_error: bool = False
    errors: list[str] = field(default_factory=list, init=False)
    _line: bytes = field(default=b"", init=False, repr=False)
    _is_decoding: bool = field(default=False, init=False, repr=False)

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
        if line.startswith(_DECODING_STARTS):
            self._is_decoding = True
        elif frame := _FRAME.match(line):
            self._read_frame(frame)
            self._read_glued(line[frame.end() :])
        elif error := _ERROR.match(line):
            self._add_error(self._without_frame(error.group(1)))
        elif self._is_decoding and (info := _INFO.match(line)):
            self._read_glued(self._without_frame(info.group(1)))

    def _without_frame(self, text: bytes) -> bytes:
        """Read a frame that follows the piece of another line. Returns that piece."""
        frame = _GLUED_FRAME.search(text) if self._is_decoding else None
        if frame is None:
            return text
        self._read_frame(frame)
        return text[: frame.start()] + text[frame.end() :]

    def _read_frame(self, frame: re.Match[bytes]) -> None:
        time_stamp, frames = frame.groups()
        if self.on_frame is not None:
            self.on_frame(None if time_stamp == b"NOPTS" else int(time_stamp), int(frames))

    def _read_glued(self, text: bytes) -> None:
        """Look for the error of another thread in what follows the piece of a line."""
        rest = _NOTE.sub(b"", _REST_OF_FRAME.sub(b"", text))
        if error := _GLUED_ERROR.search(rest):
            self._add_error(error.group(1))
        elif _WORDS_OF_ERRORS.search(rest):
            self._add_error(rest)

    def _add_error(self, text: bytes) -> None:
        if self.ends_with_error and text.rstrip().endswith(_END_OF_FILE):
            return
        self.errors = [*self.errors[-9:], text.decode(errors="replace").strip()]
