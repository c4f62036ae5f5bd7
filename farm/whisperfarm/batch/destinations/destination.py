"""The port of destinations, and which destination an argument names."""

from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

from whisperfarm.batch.destinations.folder import Folder
from whisperfarm.bucket_url import SCHEME


class Destination(Protocol):
    """The tree of the output files. `folder` is its root, `None` in a bucket."""

    @property
    def name(self) -> str: ...

    @property
    def folder(self) -> Path | None: ...

    def claim(self, source: str, *, dry_run: bool) -> None:
        """Reserve the tree for the transcripts of a source; with `dry_run`, only check.

        Raises `InvalidOption` if it has those of another source.
        """

    def path(self, name: str) -> str:
        """Return the path or URL of an output file."""

    def exist(self, paths: Iterable[str]) -> bool:
        """Whether all of these output files were there at the beginning of the run."""

    def check_writable(self, paths: Iterable[str]) -> None:
        """Raise `OutputNotWritable` if one of the names is not possible."""

    def write(self, path: str, content: bytes) -> None:
        """Write a file whole or not at all.

        Raises `Rejected` if others may be written, `AddressUnreachable` if a retry may succeed, and
        otherwise the problem that ends the run.
        """


def open_destination(argument: Path | str) -> Destination:
    """Return the destination. Raises `InvalidOption`."""
    text = str(argument)
    if text.startswith(SCHEME):
        from whisperfarm.batch.destinations import bucket  # imports boto3

        return bucket.open_bucket(text)
    return Folder(Path(argument).resolve())
