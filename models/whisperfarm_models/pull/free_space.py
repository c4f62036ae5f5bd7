"""Checks that the disk can hold the planned files."""

import shutil
from collections.abc import Sequence

from whisperfarm_contract.problems import StorageFull
from whisperfarm_models.download import agreed_size
from whisperfarm_models.folder_layout import PARTIAL_DIR, InstallLayout
from whisperfarm_models.pull.planned_file import PlannedFile

_RESERVED_BYTES = 2**26


def check_free_space(planned: Sequence[PlannedFile], layout: InstallLayout) -> None:
    """Raise `StorageFull` if the disk cannot hold the models. Archives need their size twice."""
    missing = [one for one in planned if not layout.target(one.model, one.file).exists()]
    needed = sum(
        (agreed_size(one.remote_file, one.file) or 0) * (2 if one.is_archive else 1)
        for one in missing
    )
    partial_bytes = sum(path.stat().st_size for path in (layout.root / PARTIAL_DIR).iterdir())
    free = shutil.disk_usage(layout.root).free
    if needed and needed - partial_bytes + _RESERVED_BYTES > free:
        raise StorageFull(
            f"{layout.root} has {free / 2**20:.0f} MiB free and the models need"
            f" {(needed - partial_bytes + _RESERVED_BYTES) / 2**20:.0f} MiB; free"
            " some space and pull again"
        )
