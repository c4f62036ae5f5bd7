"""fetch: the recording, from the blob store to a file at hand."""

from collections.abc import Callable
from dataclasses import replace

from whisperfarm_store.blobs import Blobs
from whisperfarm_worker.attempt.monitor import Watch
from whisperfarm_worker.pipeline.context import Tools
from whisperfarm_worker.pipeline.state import Work


def fetch_from(blobs: Blobs) -> Callable[[Work, Tools, Watch], Work]:
    """The stage, for one blob store. Raises `BlobMissing` when the recording is not there."""

    def fetch(work: Work, tools: Tools, watch: Watch) -> Work:
        watch.report("fetch", 0.0)
        return replace(work, file=blobs.fetch(work.audio_key, tools.folder / "recording"))

    return fetch
