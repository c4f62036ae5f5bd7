"""Work in the middle of the pipeline, and the tools that it is done with."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.support.fake_engine import FakeEngine, noise
from whisperfarm_contract.options import Options
from whisperfarm_contract.presets import Preset
from whisperfarm_worker.pipeline.context import Tools
from whisperfarm_worker.pipeline.state import Sound, Stretch, Window, Work

PRESET = Preset(name="calls", asr="my/asr", languages=())


@pytest.fixture
def engine() -> FakeEngine:
    """Fakes."""
    return FakeEngine()


@pytest.fixture
def tools(engine: FakeEngine, tmp_path: Path) -> Tools:
    """Tools with that engine."""
    return Tools(
        engine=engine, fetch=lambda _key, to: to, ffmpeg="ffmpeg", folder=tmp_path, longest_s=60.0
    )


@pytest.fixture
def make_work() -> Callable[..., Work]:
    """Makes work with sound and windows; options by keyword."""

    def make(
        *spans: tuple[float, float],
        seconds: float = 10.0,
        channels: int = 1,
        preset: Preset = PRESET,
        **options: Any,
    ) -> Work:
        windows = tuple(
            Window(start=start, end=end, stretches=(Stretch(start, end),)) for start, end in spans
        )
        sound = Sound(noise(seconds, channels=channels))
        work = Work(preset=preset, options=Options(**options), sound=sound, windows=windows)
        return replace(work, language="en")

    return make
