"""fetch: copies the recording from the blob store to a local file."""

from dataclasses import replace

from whisperfarm_worker.attempt.monitor import AttemptMonitor
from whisperfarm_worker.pipeline.context import StageContext
from whisperfarm_worker.pipeline.state import PipelineState


def fetch(state: PipelineState, context: StageContext, monitor: AttemptMonitor) -> PipelineState:  # noqa: ARG001 - a stage like the others
    """Set `file`. Raises `ScratchFull`, and what `context.fetch` raises, such as `BlobNotFound`."""
    with context.space.writing():
        file = context.fetch(state.audio_key, context.folder / "recording")
    if file.is_relative_to(context.folder):
        context.space.check()
    return replace(state, file=file)
