"""Progress of a pull."""

from typing import Protocol


class PullProgress(Protocol):
    """Receiver of a pull's progress, called from several threads."""

    def waiting(self) -> None:
        """Report that the pull waits for another one in the same folder."""

    def begin(self, size_bytes: int | None) -> None:
        """Report the total size, or `None` if a source does not give it."""

    def advance(self, count_bytes: int) -> None:
        """Report received bytes; negative if a partial file was discarded."""

    def done(self, file: str, *, pulled: bool) -> None:
        """Report that a file is installed. `pulled` is False if it already was."""


class NoProgress:
    """Progress that is not reported."""

    def waiting(self) -> None: ...

    def begin(self, size_bytes: int | None) -> None: ...

    def advance(self, count_bytes: int) -> None: ...

    def done(self, file: str, *, pulled: bool) -> None: ...
