"""fetch: copies the recording from the blob store to a local file, or to one for each leg."""

from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from whisperfarm_contract import leg_container
from whisperfarm_contract.leg_container import LegExtent
from whisperfarm_contract.problems import AudioUnreadable
from whisperfarm_worker.attempt.monitor import AttemptMonitor
from whisperfarm_worker.pipeline.context import StageContext
from whisperfarm_worker.pipeline.state import PipelineState

_BLOCK_BYTES = 1 << 20


def fetch(state: PipelineState, context: StageContext, monitor: AttemptMonitor) -> PipelineState:  # noqa: ARG001 - a stage like the others
    """Set `file`, or `legs`. Raises `ScratchFull`, and what `context.fetch` raises, such as
    `BlobNotFound`."""
    with context.space.writing():
        file = context.fetch(state.audio_key, context.folder / "recording")
    is_copy = file.is_relative_to(context.folder)
    if is_copy:
        context.space.check()
    if not state.options.leg_offsets_s:
        return replace(state, file=file)
    context.space.check(file.stat().st_size)
    with context.space.writing():
        legs = _copy_legs(file, context.folder)
    if is_copy:
        file.unlink()
    return replace(state, file=file, legs=legs)


def _copy_legs(file: Path, folder: Path) -> tuple[Path, ...]:
    """Copy each leg to a file of its own."""
    paths: list[Path] = []
    with file.open("rb") as container:
        try:
            extents = leg_container.read_extents(container)
        except ValueError as error:
            raise AudioUnreadable(f"{error}; submit the legs of the call again") from error
        for number, extent in enumerate(extents):
            paths.append(folder / f"leg-{number}")
            _copy(container, extent, paths[-1])
    return tuple(paths)


def _copy(container: BinaryIO, extent: LegExtent, path: Path) -> None:
    container.seek(extent.start)
    left = extent.size_bytes
    with path.open("wb") as leg:
        while block := container.read(min(left, _BLOCK_BYTES)):
            leg.write(block)
            left -= len(block)
