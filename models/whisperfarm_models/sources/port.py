"""The interface of every source of models."""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from whisperfarm_models.inventory import Model


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteFile:
    """A file of a source, as the source describes it.

    `where` is its address, for `Source.read` and for messages. `tag` changes with the content, so
    that a partial download is never resumed from other content. `size_bytes`, `sha256` and
    `git_sha1` (git's blob id, in hexadecimal) are `None` if the source does not give them.
    """

    where: str
    tag: str
    size_bytes: int | None = None
    sha256: str | None = None
    git_sha1: str | None = None


class TransientSourceError(Exception):
    """The source was busy, or stopped during a download. A retry may succeed."""


class Source(Protocol):
    """A source of models. Implementations must be thread-safe."""

    @property
    def name(self) -> str:
        """Name of the source in messages."""

    def list_files(self, model: Model) -> tuple[Model, Mapping[str, RemoteFile]]:
        """Look the model up. Returns it with its pinned revision, and its files by path.

        The revision is unchanged if the source has none. A source without the model returns no
        files or raises `MissingModel`. Raises `ModelIntegrityError` for an unsafe file or one of
        another size than locked, and `ModelSourceError` if the source cannot be read.
        """

    def archive(self, model: Model) -> RemoteFile | None:
        """Return the archive of the whole model, or `None`. Raises the errors of `list_files`."""

    def read(
        self, remote_file: RemoteFile, *, start: int
    ) -> AbstractContextManager[Iterator[bytes]]:
        """Read a file from byte `start` on, as an iterator of chunks.

        Raises `TransientSourceError` if a retry may succeed, `ModelSourceError` and `MissingModel`,
        also while iterating.
        """

    def close(self) -> None:
        """Close all connections."""
