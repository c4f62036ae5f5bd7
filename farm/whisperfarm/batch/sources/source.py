"""The port of sources, and which source an argument names."""

import io
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from whisperfarm.batch.recording import Recording
from whisperfarm.batch.sources import listing
from whisperfarm.batch.sources.folder import Folder
from whisperfarm.batch.sources.listing import Listing
from whisperfarm.bucket_url import SCHEME
from whisperfarm_contract.problems import InvalidOption, MissingAudio

STDIN = "-"


class Source(Protocol):
    """Recordings. `root` is the folder of those with relative paths, `None` in a bucket.

    `name` says to which source a manifest belongs: recordings of two sources may have equal paths.
    """

    @property
    def root(self) -> Path | None: ...

    @property
    def name(self) -> str: ...

    def recordings(self) -> Iterator[Recording]:
        """Yield the recordings."""

    def digest(self, recording: Recording) -> str:
        """Return a digest of the content. Raises `MissingAudio`."""

    def file(self, recording: Recording) -> AbstractContextManager[Path]:
        """Have the recording in a file for the block. Raises `MissingAudio`."""


def open_source(
    argument: str, options: Mapping[str, str], *, include: Sequence[str], exclude: Sequence[str]
) -> Source:
    """Return the source. `options` are those of all recordings.

    Raises `InvalidOption` if patterns are given for a list, `MissingAudio` for an unknown file.
    """
    if argument.startswith(SCHEME):
        from whisperfarm.batch.sources import bucket  # imports boto3

        return bucket.open_bucket(argument, options, include=include, exclude=exclude)
    path = Path(argument).resolve()
    if argument != STDIN and path.is_dir():
        return Folder(path, options, include=include, exclude=exclude)
    if include or exclude:
        raise InvalidOption("--include and --exclude are for folders and buckets, not for a list")
    if argument == STDIN:
        lines = io.TextIOWrapper(sys.stdin.buffer, "utf-8", errors="surrogateescape", newline="")
        return Listing(lines, Path.cwd(), options, list_name="the list on stdin")
    if not path.exists():
        raise MissingAudio(f"{argument} does not exist")
    return Listing(listing.read_lines(path), path.parent, options, list_name=argument)
