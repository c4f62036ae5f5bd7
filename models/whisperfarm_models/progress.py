"""What a pull tells while it runs."""

from typing import Protocol


class Progress(Protocol):
    """Told from several threads."""

    def waiting(self) -> None:
        """Another pull is at work in the same folder."""

    def begin(self, size_bytes: int | None) -> None:
        """So much is to come; `None` when a source does not say."""

    def advance(self, count_bytes: int) -> None:
        """So much more has come; less than nothing when a part was thrown away."""

    def done(self, file: str, *, pulled: bool) -> None:
        """A file is in its place: pulled, or it was there."""


class Silent:
    """Tells nobody."""

    def waiting(self) -> None: ...

    def begin(self, size_bytes: int | None) -> None: ...

    def advance(self, count_bytes: int) -> None: ...

    def done(self, file: str, *, pulled: bool) -> None: ...
