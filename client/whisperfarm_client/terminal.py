"""The progress line on a terminal."""

from typing import TextIO


class ProgressLine:
    """Progress of one recording, shown in one line; without a terminal nothing is written."""

    def __init__(self, stream: TextIO, label: str) -> None:
        self._stream = stream
        self._label = label
        self.is_shown = stream.isatty()

    def update(self, stage: str, fraction: float) -> None:
        """Show the stage and the fraction of it that is done, 0 to 1."""
        self._write(f"\r{self._label}: {stage} {fraction:4.0%}\x1b[K")

    def clear(self) -> None:
        """Erase the line."""
        self._write("\r\x1b[K")

    def _write(self, text: str) -> None:
        if self.is_shown:
            self._stream.write(text)
            self._stream.flush()
