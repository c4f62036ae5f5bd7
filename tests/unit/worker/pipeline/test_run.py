"""One pipeline state passes through all stages."""

from dataclasses import replace
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from tests.support.fake_engine import FakeEngine
from whisperfarm_contract.options import Options
from whisperfarm_contract.presets import Preset
from whisperfarm_contract.transcript import Coverage, Transcript
from whisperfarm_worker.attempt.monitor import AttemptMonitor, Cancelled, NullMonitor
from whisperfarm_worker.pipeline import run
from whisperfarm_worker.pipeline.context import StageContext
from whisperfarm_worker.pipeline.state import PipelineState

WORK = PipelineState(preset=Preset(name="p", asr="a"), options=Options())


@pytest.fixture
def context(tmp_path: Path) -> StageContext:
    """Return a context that the stages of these tests do not use."""
    return StageContext(
        engine=FakeEngine(), fetch=lambda _key, to: to, ffmpeg="", folder=tmp_path, max_audio_s=1.0
    )


def _warn(state: PipelineState, context: StageContext, monitor: AttemptMonitor) -> PipelineState:
    return state.warn("seen")


def _finish(state: PipelineState, context: StageContext, monitor: AttemptMonitor) -> PipelineState:
    made = Transcript(
        language="en", model="p", coverage=Coverage(audio_s=1.0), warnings=state.warnings
    )
    return replace(state, transcript=made)


def test_stages_receive_the_previous_state(context: StageContext) -> None:
    made, _, _ = run.run(WORK, context, NullMonitor(), stages={"one": _warn, "two": _finish})
    assert made.warnings == ("seen",)


def test_run_returns_the_seconds_of_each_stage(context: StageContext) -> None:
    stages = {"one": _warn, "two": _finish}
    made, stage_s, _ = run.run(WORK, context, NullMonitor(), stages=stages)
    assert list(stage_s) == ["one", "two"]
    assert made.provenance["stage_s"] == stage_s


def _break(state: PipelineState, context: StageContext, monitor: AttemptMonitor) -> PipelineState:
    raise OSError


def test_every_stage_is_logged(context: StageContext) -> None:
    with capture_logs() as lines, pytest.raises(OSError):  # noqa: PT011 - it is ours
        run.run(WORK, context, NullMonitor(), stages={"one": _warn, "two": _break})
    assert all(one.pop("took_s") >= 0 for one in lines)
    common = {"event": "stage.ended", "log_level": "debug"}
    assert lines == [
        {**common, "stage": "one", "error": None},
        {**common, "stage": "two", "error": "OSError"},
    ]


class _StopAt(NullMonitor):
    def __init__(self, stage: str) -> None:
        self.stage = stage

    def report_progress(self, stage: str, fraction: float) -> None:
        if stage == self.stage:
            raise Cancelled


def test_monitor_is_called_before_each_stage(context: StageContext) -> None:
    with pytest.raises(Cancelled):
        run.run(WORK, context, _StopAt("two"), stages={"one": _warn, "two": _finish})


def test_stages_match_the_documented_ones() -> None:
    from whisperfarm_contract.job import STAGES

    assert tuple(run.STAGES) == STAGES


def test_pipeline_without_a_transcript_raises(context: StageContext) -> None:
    with pytest.raises(RuntimeError):
        run.run(WORK, context, NullMonitor(), stages={"one": _warn})
