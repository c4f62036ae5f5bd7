"""The line on a terminal that says how far a recording is."""

from typing import TextIO


class Meter:
    """Rewrites one line; where there is no terminal it stays silent."""

    def __init__(self, stream: TextIO, about: str) -> None:
        self._stream = stream
        self._about = about
        self.is_shown = stream.isatty()

    def show(self, stage: str, done: float) -> None:
        """Says the stage, and how much of it is done, 0 to 1."""
        self._write(f"\r{self._about}: {stage} {done:4.0%}\x1b[K")

    def clear(self) -> None:
        """Leaves the line empty."""
        self._write("\r\x1b[K")

    def _write(self, text: str) -> None:
        if self.is_shown:
            self._stream.write(text)
            self._stream.flush()
