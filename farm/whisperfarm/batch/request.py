"""What the operator asks for."""

import hashlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from whisperfarm.batch.destinations.destination import open_destination
from whisperfarm.batch.outputs import Outputs
from whisperfarm.batch.sources.source import Source
from whisperfarm_client.settings import Connection
from whisperfarm_contract.problems import InvalidOption

MANIFEST_NAME = ".whisperfarm-batch.sqlite"


@dataclass(frozen=True, kw_only=True)
class Request:
    """The flags of a batch. `options` are those for all recordings.

    The run ends when the farm could not be reached for `timeout_s` seconds.
    """

    farm: Connection
    timeout_s: float
    source: Source
    options: Mapping[str, str]
    output: Path | str | None
    formats: Sequence[str]
    manifest: Path | None
    dry_run: bool
    retry_failed: bool
    summary: Path | None
    senders: int
    max_jobs: int

    @cached_property
    def outputs(self) -> Outputs:
        """Where the output files are. Raises `InvalidOption` if that is to be chosen."""
        root = self.output or self.source.root
        if root is None:
            raise InvalidOption(
                f"{self.source.name}: transcripts are not written beside the recordings of a"
                " bucket; name a folder or a prefix (--output)"
            )
        return Outputs(
            destination=open_destination(root),
            formats=self.formats,
            is_mirrored=self.output is not None,
        )

    @property
    def manifest_path(self) -> Path:
        """The file of the manifest: in the folder of the output, else of the recordings."""
        if self.manifest is not None:
            return self.manifest
        destination = self.outputs.destination
        if destination.folder is not None:
            return destination.folder / MANIFEST_NAME
        if self.source.root is None:
            raise InvalidOption("name a file for the manifest (--manifest)")
        digest = hashlib.sha256(os.fsencode(destination.name)).hexdigest()[:8]
        return self.source.root / f".whisperfarm-batch-{digest}.sqlite"
