"""One value through all stages."""

from dataclasses import replace
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from tests.support.fake_engine import FakeEngine
from whisperfarm_contract.options import Options
from whisperfarm_contract.presets import Preset
from whisperfarm_contract.transcript import Coverage, Transcript
from whisperfarm_worker.attempt.monitor import Cancelled, NoWatch, Watch
from whisperfarm_worker.pipeline import run
from whisperfarm_worker.pipeline.context import Tools
from whisperfarm_worker.pipeline.state import Work

WORK = Work(preset=Preset(name="p", asr="a"), options=Options())


@pytest.fixture
def tools(tmp_path: Path) -> Tools:
    """No stage here uses them."""
    return Tools(
        engine=FakeEngine(), fetch=lambda _key, to: to, ffmpeg="", folder=tmp_path, longest_s=1.0
    )


def _warn(work: Work, tools: Tools, watch: Watch) -> Work:
    return work.warn("seen")


def _finish(work: Work, tools: Tools, watch: Watch) -> Work:
    made = Transcript(
        language="en", model="p", coverage=Coverage(audio_s=1.0), warnings=work.warnings
    )
    return replace(work, transcript=made)


def test_each_stage_gets_what_the_one_before_it_made(tools: Tools) -> None:
    made, _ = run.run(WORK, tools, NoWatch(), stages={"one": _warn, "two": _finish})
    assert made.warnings == ("seen",)


def test_run_returns_the_seconds_of_each_stage(tools: Tools) -> None:
    made, stage_s = run.run(WORK, tools, NoWatch(), stages={"one": _warn, "two": _finish})
    assert list(stage_s) == ["one", "two"]
    assert made.made_with["stage_s"] == stage_s


def _break(work: Work, tools: Tools, watch: Watch) -> Work:
    raise OSError


def test_each_stage_is_logged_and_the_one_that_fails_as_well(tools: Tools) -> None:
    with capture_logs() as lines, pytest.raises(OSError):  # noqa: PT011 - it is ours
        run.run(WORK, tools, NoWatch(), stages={"one": _warn, "two": _break})
    assert all(one.pop("took_s") >= 0 for one in lines)
    common = {"event": "stage.ended", "log_level": "debug"}
    assert lines == [
        {**common, "stage": "one", "error": None},
        {**common, "stage": "two", "error": "OSError"},
    ]


class _StopAt(NoWatch):
    def __init__(self, stage: str) -> None:
        self.stage = stage

    def report(self, stage: str, done: float) -> None:
        if stage == self.stage:
            raise Cancelled


def test_the_watch_is_asked_before_each_stage(tools: Tools) -> None:
    with pytest.raises(Cancelled):
        run.run(WORK, tools, _StopAt("two"), stages={"one": _warn, "two": _finish})


def test_the_stages_are_those_that_callers_are_told_of() -> None:
    from whisperfarm_contract.job import STAGES

    assert tuple(run.STAGES) == STAGES


def test_a_pipeline_without_an_end_is_a_mistake(tools: Tools) -> None:
    with pytest.raises(RuntimeError):
        run.run(WORK, tools, NoWatch(), stages={"one": _warn})
