"""A worker with a stub engine that returns a fixed transcript immediately.

What remains is the farm: claim, lease, blobs, the job's end in the ledger, the notification.
"""

from dataclasses import replace
from types import MappingProxyType

from whisperfarm_contract.transcript import Coverage, Segment, Transcript
from whisperfarm_worker.attempt.monitor import AttemptMonitor
from whisperfarm_worker.pipeline import run
from whisperfarm_worker.pipeline.context import StageContext
from whisperfarm_worker.pipeline.state import PipelineState
from whisperfarm_worker.process import server
from whisperfarm_worker.settings import WorkerSettings

_HEARD = Transcript(
    language="en",
    model="demo",
    segments=(Segment(start=0.0, end=0.5, text="hello there"),),
    coverage=Coverage(audio_s=0.5, speech_s=0.5, transcribed_s=0.5),
)


class StubEngine:
    """An engine without models."""

    def load(self, _: object) -> None:
        """Load nothing."""

    def describe(self) -> dict[str, str]:
        """Describe the engine."""
        return {"engine": "stub"}


def stub(work: PipelineState, _tools: StageContext, monitor: AttemptMonitor) -> PipelineState:
    """Return the same transcript for every recording."""
    monitor.report_duration(_HEARD.duration)
    return replace(work, transcript=_HEARD)


if __name__ == "__main__":
    run.STAGES = MappingProxyType({"fetch": run.STAGES["fetch"], "render": stub})
    server.open_engine = lambda *_, **__: StubEngine()  # type: ignore[assignment]
    server.serve(WorkerSettings(), bundled_models=None)
