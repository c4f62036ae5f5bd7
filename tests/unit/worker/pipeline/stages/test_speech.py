"""The speech stage: regions and windows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tests.support.fake_engine import FakeEngine, FakeFinder, noise
from tests.support.fake_engine import speech as found
from whisperfarm_contract.options import Options
from whisperfarm_contract.presets import Preset
from whisperfarm_worker.attempt.checkpoint import NoCheckpoint
from whisperfarm_worker.attempt.checkpoint_parts import Speech
from whisperfarm_worker.attempt.monitor import NullMonitor
from whisperfarm_worker.engines.port import OnProgress
from whisperfarm_worker.pipeline.context import StageContext
from whisperfarm_worker.pipeline.stages.speech import OFFSET, ONSET, speech
from whisperfarm_worker.pipeline.state import (
    PipelineState,
    Samples,
    SpeechRegion,
    TimeSpan,
    Waveform,
    Window,
)

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


def test_padding_of_a_leg_is_not_searched(
    make_work: Make, context: StageContext, engine: FakeEngine
) -> None:
    work = make_work(channels=2, seconds=10.0)
    spans = (TimeSpan(0.0, 4.0), TimeSpan(8.0, 10.0))
    padded = replace(work, waveform=replace(work.waveform, spans=spans))
    state = speech(padded, context, NullMonitor())
    assert {w.channel: (w.start, w.end) for w in state.windows} == {0: (0.0, 1.0), 1: (8.0, 9.0)}


def test_leg_outside_of_the_clips_has_no_speech(make_work: Make, context: StageContext) -> None:
    work = make_work(channels=2, seconds=10.0, clip_timestamps="0,3")
    spans = (TimeSpan(0.0, 4.0), TimeSpan(8.0, 10.0))
    padded = replace(work, waveform=replace(work.waveform, spans=spans))
    found = speech(padded, context, NullMonitor()).windows
    assert [(w.channel, w.end) for w in found] == [(0, 1.0)]


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


class LoudFinder(FakeFinder):
    """Takes the first second for speech if it is loud, and all that it gets later."""

    def detect(
        self,
        samples: Samples,
        *,
        onset: float,
        offset: float,
        max_s: float,
        on_progress: OnProgress,
    ) -> list[Window]:
        super().detect(samples, onset=onset, offset=offset, max_s=max_s, on_progress=on_progress)
        return [found(0.0, 1.0)] if len(self.asked) == 1 else [found(0.0, len(samples) / 16_000)]


def _two_levels(make_work: Make, *, preset: Preset) -> PipelineState:
    """Return a state with a loud second, and a quiet one after two seconds of silence."""
    samples = np.zeros((1, 96_000), np.float32)
    samples[0, :16_000] = 10 * noise(1.0)[0]
    samples[0, 48_000:64_000] = noise(1.0)[0] / 10
    return replace(make_work(preset=preset), waveform=Waveform(samples))


def test_quiet_speech_joins_the_windows_with_a_gain(
    make_work: Make, context: StageContext, engine: FakeEngine
) -> None:
    engine.finder = LoudFinder()
    state = speech(_two_levels(make_work, preset=Preset(name="p", asr="a")), context, NullMonitor())
    (window,) = state.windows
    assert [round(one.start) for one in window.regions] == [0, 3]
    assert window.regions[0] == SpeechRegion(0.0, 1.0)
    assert window.regions[1].gain > 10
    assert state.other_sounds == ()
    assert len(engine.finder.asked) == 2
    assert engine.finder.asked[0] == engine.finder.asked[1]


def test_sound_that_is_not_speech_is_named(
    make_work: Make, context: StageContext, engine: FakeEngine
) -> None:
    engine.finder.found = [found(0.0, 1.0)]
    loud = np.zeros((1, 96_000), np.float32)
    loud[0, :16_000] = loud[0, 48_000:64_000] = 10 * noise(1.0)[0]
    state = speech(replace(make_work(), waveform=Waveform(loud)), context, NullMonitor())
    assert state.other_sounds == (TimeSpan(3.0, 4.0),)
    assert len(engine.finder.asked) == 1


class KeptCheckpoint(NoCheckpoint):
    """Keeps speech in memory, with what it depends on."""

    def __init__(self) -> None:
        self.kept: dict[str, dict[str, Sequence[Window]]] = {}
        self._key = ""

    def load_speech(self, preset: Preset, parameters: Mapping[str, Any]) -> Speech:
        self._key = f"{preset} {parameters}"
        return dict(self.kept.get(self._key, {}))

    def record_speech(self, key: str, windows: Sequence[Window]) -> None:
        self.kept.setdefault(self._key, {})[key] = windows


def test_speech_of_an_earlier_attempt_is_not_detected_again(
    make_work: Make, context: StageContext, engine: FakeEngine
) -> None:
    checkpoint = KeptCheckpoint()
    resumable = replace(context, checkpoint=checkpoint)
    first = speech(make_work(channels=2), resumable, NullMonitor())
    del checkpoint.kept[next(iter(checkpoint.kept))]["1:0:160000"]
    second = speech(make_work(channels=2), resumable, NullMonitor())
    assert replace(second, provenance={}, waveform=first.waveform) == first
    assert second.provenance == {"speech_from_checkpoint": True}
    assert "speech_from_checkpoint" not in first.provenance
    assert len(engine.finder.asked) == 3


def test_killed_attempt_resumes_within_a_long_channel(
    make_work: Make, context: StageContext, engine: FakeEngine
) -> None:
    samples = np.tile(noise(60.0), 32)
    samples[:, 700 * 16_000 : 704 * 16_000] = 0
    state = replace(make_work(), waveform=Waveform(samples))
    engine.finder.found = [found(5.0, 6.0)]
    checkpoint = KeptCheckpoint()
    resumable = replace(context, checkpoint=checkpoint)
    whole = speech(state, resumable, NullMonitor())
    sections = checkpoint.kept[next(iter(checkpoint.kept))]
    assert len(sections) == 3
    assert 705.5 <= whole.windows[1].start <= 708.5
    del sections[list(sections)[-1]]
    engine.finder.asked.clear()
    assert speech(state, resumable, NullMonitor()).windows == whole.windows
    assert len(engine.finder.asked) == 1


@pytest.mark.parametrize("clip", [(1.0, 4.0), (6.0, 7.0)])
def test_speech_of_a_clip_has_the_times_of_the_recording_and_ends_with_it(
    make_work: Make, context: StageContext, engine: FakeEngine, clip: tuple[float, float]
) -> None:
    engine.finder.found = [found(0.5, 3.5)]
    state = make_work(clip_timestamps=f"{clip[0]},{clip[1]}")
    (window,) = speech(state, context, NullMonitor()).windows
    assert (window.start, window.end) == (clip[0] + 0.5, clip[1])
    assert window.regions == (SpeechRegion(clip[0] + 0.5, clip[1]),)


@pytest.mark.parametrize(
    "changed",
    [
        {"options": Options(vad_onset=0.3)},
        {"options": Options(track="1")},
        {"preset": Preset(name="calls", asr="my/asr", languages=(), window_s=8.0)},
        {"waveform": Waveform(noise(9.0))},
    ],
)
def test_speech_of_other_work_is_detected_again(
    make_work: Make, context: StageContext, engine: FakeEngine, changed: dict[str, Any]
) -> None:
    resumable = replace(context, checkpoint=KeptCheckpoint())
    speech(make_work(), resumable, NullMonitor())
    state = speech(replace(make_work(), **changed), resumable, NullMonitor())
    assert state.provenance == {}
    assert len(engine.finder.asked) == 2


def test_recording_without_quiet_speech_keeps_its_windows(
    make_work: Make, context: StageContext, engine: FakeEngine
) -> None:
    engine.finder.found = [found(0.0, 1.0), found(3.0, 4.0)]
    samples = _two_levels(make_work, preset=Preset(name="p", asr="a"))
    assert speech(samples, context, NullMonitor()).windows == tuple(engine.finder.found)


def test_ignored_crosstalk_gives_a_warning(make_work: Make, context: StageContext) -> None:
    state = speech(make_work(crosstalk="keep"), context, NullMonitor())
    assert state.warnings == ("crosstalk=keep has no effect without channels=speakers",)
    used = Options(crosstalk="keep", channels="speakers")
    assert speech(replace(make_work(), options=used), context, NullMonitor()).warnings == ()
