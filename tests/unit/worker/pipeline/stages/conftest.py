"""Pipeline states in the middle of the pipeline, and a stage context."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.support.fake_engine import FakeEngine, noise
from whisperfarm_contract.options import Options
from whisperfarm_contract.presets import Preset
from whisperfarm_worker.pipeline.context import StageContext
from whisperfarm_worker.pipeline.state import PipelineState, SpeechRegion, Waveform, Window

PRESET = Preset(name="calls", asr="my/asr", languages=())


@pytest.fixture
def engine() -> FakeEngine:
    """Return an engine of fakes."""
    return FakeEngine()


@pytest.fixture
def context(engine: FakeEngine, tmp_path: Path) -> StageContext:
    """Return a stage context with that engine."""
    return StageContext(
        engine=engine, fetch=lambda _key, to: to, ffmpeg="ffmpeg", folder=tmp_path, max_audio_s=60.0
    )


@pytest.fixture
def make_work() -> Callable[..., PipelineState]:
    """Return a function that makes a state with samples and windows; keywords are options."""

    def make(
        *spans: tuple[float, float],
        seconds: float = 10.0,
        channels: int = 1,
        preset: Preset = PRESET,
        **options: Any,
    ) -> PipelineState:
        windows = tuple(
            Window(start=start, end=end, regions=(SpeechRegion(start, end),))
            for start, end in spans
        )
        waveform = Waveform(noise(seconds, channels=channels))
        state = PipelineState(
            preset=preset, options=Options(**options), waveform=waveform, windows=windows
        )
        return replace(state, language="en")

    return make
