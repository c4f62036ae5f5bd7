"""The speech stage: regions and windows."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from tests.support.fake_engine import FakeEngine
from tests.support.fake_engine import speech as found
from whisperfarm_contract.presets import Preset
from whisperfarm_worker.attempt.monitor import NullMonitor
from whisperfarm_worker.pipeline.context import StageContext
from whisperfarm_worker.pipeline.stages.speech import OFFSET, ONSET, speech
from whisperfarm_worker.pipeline.state import PipelineState, Waveform

Make = Callable[..., PipelineState]


def test_windows_come_by_time_from_all_channels(
    make_work: Make, context: StageContext, engine: FakeEngine
) -> None:
    engine.finder.found = [found(0.0, 1.0), found(4.0, 5.0)]
    state = speech(make_work(channels=2), context, NullMonitor())
    model_paths = [(window.start, window.channel) for window in state.windows]
    assert model_paths == [(0.0, 0), (0.0, 1), (4.0, 0), (4.0, 1)]


def test_silence_has_no_windows(make_work: Make, context: StageContext) -> None:
    silent = replace(make_work(), waveform=Waveform(np.zeros((1, 16_000), dtype=np.float32)))
    assert speech(silent, context, NullMonitor()).windows == ()


def test_silent_channels_are_not_searched(
    make_work: Make, context: StageContext, engine: FakeEngine
) -> None:
    work = make_work(channels=3)
    waveform = replace(work.waveform, silent=frozenset({0, 2}))
    state = speech(replace(work, waveform=waveform), context, NullMonitor())
    assert len(engine.finder.asked) == 1
    assert {window.channel for window in state.windows} == {1}


def test_preset_limits_the_window_length(
    make_work: Make, context: StageContext, engine: FakeEngine
) -> None:
    preset = Preset(name="p", asr="a", window_s=8.0)
    speech(make_work(preset=preset), context, NullMonitor())
    assert engine.finder.asked == [{"onset": ONSET, "offset": OFFSET, "max_s": 8.0}]


@pytest.mark.parametrize(
    ("options", "thresholds"),
    [
        ({"vad_onset": 0.2}, (0.2, 0.2)),
        ({"vad_onset": 0.7}, (0.7, OFFSET)),
        ({"vad_offset": 0.1}, (ONSET, 0.1)),
        ({"vad_onset": 0.3, "vad_offset": 0.25}, (0.3, 0.25)),
    ],
)
def test_options_set_the_speech_thresholds(
    make_work: Make,
    context: StageContext,
    engine: FakeEngine,
    options: dict[str, float],
    thresholds: tuple[float, float],
) -> None:
    speech(make_work(**options), context, NullMonitor())
    asked = engine.finder.asked[0]
    assert (asked["onset"], asked["offset"]) == thresholds
