"""What the operator asks for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from whisperfarm.batch.outputs import Outputs
from whisperfarm.batch.sources.source import Source
from whisperfarm_client.settings import Connection
from whisperfarm_contract.problems import InvalidOption

MANIFEST_NAME = ".whisperfarm-batch.sqlite"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """The flags of a batch. `options` are those for all recordings.

    The run ends when the farm could not be reached for `timeout_s` seconds.
    """

    farm: Connection
    timeout_s: float
    source: Source
    options: Mapping[str, str]
    output: Path | None
    formats: Sequence[str]
    manifest: Path | None
    dry_run: bool
    retry_failed: bool
    summary: Path | None
    senders: int
    max_jobs: int

    @property
    def outputs(self) -> Outputs:
        """Where the output files are."""
        return Outputs(
            root=str(self._root), formats=self.formats, is_mirrored=self.output is not None
        )

    @property
    def manifest_path(self) -> Path:
        """The file of the manifest."""
        return self.manifest or self._root / MANIFEST_NAME

    @property
    def _root(self) -> Path:
        """Raises `InvalidOption` for a bucket without a folder for its output."""
        root = self.output or self.source.root
        if root is None:
            raise InvalidOption(
                f"{self.source.name}: transcripts are not written to buckets; name a folder"
                " (--output)"
            )
        return root.resolve()
