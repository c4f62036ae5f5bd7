"""fetch: copies the recording from the blob store to a local file."""

from dataclasses import replace

from whisperfarm_worker.attempt.monitor import Watch
from whisperfarm_worker.pipeline.context import Tools
from whisperfarm_worker.pipeline.state import Work


def fetch(work: Work, tools: Tools, watch: Watch) -> Work:  # noqa: ARG001 - a stage like the others
    """Set `file`. Raises what `tools.fetch` raises, such as `BlobMissing`."""
    return replace(work, file=tools.fetch(work.audio_key, tools.folder / "recording"))
