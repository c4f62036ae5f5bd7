"""Disk space for temporary files: how much of it an attempt may use."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from whisperfarm_contract.problems import ScratchFull
from whisperfarm_store.fsync import is_disk_full

DEFAULT_RESERVE_BYTES = 2 << 30
"""As large as the largest recording that the dispatcher accepts by default."""

_DEFAULT_RESERVE_SHARE = 10
"""On a small disk, the reserve is a tenth of it."""

_MIB = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class ScratchSpace:
    """The disk of `folder`, of which `reserve_bytes` stay free for uploads, transcripts and ledger.

    Without `reserve_bytes` it is a tenth of the disk, and at most `DEFAULT_RESERVE_BYTES`.
    """

    folder: Path
    reserve_bytes: int | None = None

    def check(self, needed_bytes: int = 0) -> None:
        """Raise `ScratchFull` if the disk has less free space than the reserve and this need."""
        usage = shutil.disk_usage(self.folder)
        reserve = self._reserve(usage.total)
        if usage.free >= reserve + needed_bytes:
            return
        need = f"; the decoded audio needs {needed_bytes // _MIB} MiB" if needed_bytes else ""
        raise ScratchFull(
            f"the disk of {self.folder} has {usage.free // _MIB} MiB free, of which"
            f" {reserve // _MIB} MiB are reserved for uploads and transcripts{need}; free space on"
            " it, or lower WHISPERFARM_SCRATCH_RESERVE_BYTES"
        )

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Raise `ScratchFull` if a write in the block exceeds the disk's space or a quota."""
        try:
            yield
        except OSError as error:
            if not is_disk_full(error):
                raise
            raise ScratchFull(
                f"the disk of {self.folder} has no space left for temporary files"
                f" ({error.strerror})"
            ) from error

    def _reserve(self, disk_bytes: int) -> int:
        if self.reserve_bytes is not None:
            return self.reserve_bytes
        return min(DEFAULT_RESERVE_BYTES, disk_bytes // _DEFAULT_RESERVE_SHARE)
