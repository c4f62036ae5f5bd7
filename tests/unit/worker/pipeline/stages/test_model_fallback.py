"""The fallback model of a preset."""

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from tests.support.fake_engine import FakeEngine, FakeModel
from whisperfarm_contract.presets import Preset
from whisperfarm_contract.problems import EngineFailed, MissingModel
from whisperfarm_worker.attempt.monitor import NullMonitor
from whisperfarm_worker.engines.errors import DeviceFailed
from whisperfarm_worker.pipeline.context import StageContext
from whisperfarm_worker.pipeline.stages.model_fallback import transcribe_or_fall_back
from whisperfarm_worker.pipeline.state import PipelineState

Make = Callable[..., PipelineState]
PRESET = Preset(name="calls", asr="my/large", fallback="my/small")


@dataclass
class TwoModels(FakeEngine):
    """An engine with a second model."""

    second: FakeModel = field(default_factory=FakeModel)
    has_second: bool = True

    def speech_recognizer(self, preset: Preset) -> FakeModel:
        if preset.asr == PRESET.asr:
            return self.model
        if not self.has_second:
            raise MissingModel("my/small is not installed")
        return self.second


@pytest.fixture
def engine() -> TwoModels:
    return TwoModels()


def transcribed(make_work: Make, context: StageContext, preset: Preset = PRESET) -> PipelineState:
    work = make_work((0, 3), preset=preset, language="en")
    return transcribe_or_fall_back(work, context, NullMonitor())


def test_model_that_finds_text_is_not_replaced(
    make_work: Make, context: StageContext, engine: TwoModels
) -> None:
    state = transcribed(make_work, context)
    assert (state.preset.asr, engine.second.decodings, state.warnings) == ("my/large", [], ())


def test_speech_without_text_gets_the_fallback_model(
    make_work: Make, context: StageContext, engine: TwoModels
) -> None:
    engine.model.texts = [" "]
    state = transcribed(make_work, context)
    assert [one.text for one in state.window_texts] == ["hello world"]
    assert state.preset.asr == "my/small"
    assert any("my/large was replaced by my/small: it found no text" in w for w in state.warnings)


def test_click_gets_no_fallback_model(
    make_work: Make, context: StageContext, engine: TwoModels
) -> None:
    engine.model.texts = [" "]
    work = make_work((0, 0.5), preset=PRESET, language="en")
    transcribe_or_fall_back(work, context, NullMonitor())
    assert engine.second.decodings == []


def test_too_little_memory_gets_the_fallback_model(
    make_work: Make, context: StageContext, engine: TwoModels
) -> None:
    engine.model.error = MemoryError()
    state = transcribed(make_work, context)
    assert [one.text for one in state.window_texts] == ["hello world"]
    assert any("the memory does not suffice" in warning for warning in state.warnings)


@pytest.mark.parametrize("error", [EngineFailed("broken"), DeviceFailed("CUDA out of memory")])
def test_other_failures_end_the_attempt(
    make_work: Make, context: StageContext, engine: TwoModels, error: Exception
) -> None:
    engine.model.error = error
    with pytest.raises(type(error)):
        transcribed(make_work, context)


def test_outcome_stays_where_no_fallback_model_is_installed(
    make_work: Make, context: StageContext, engine: TwoModels
) -> None:
    engine.has_second = False
    engine.model.texts = [" "]
    state = transcribed(make_work, context)
    assert (state.window_texts, state.preset) == ((), PRESET)
    engine.model.error = MemoryError()
    with pytest.raises(MemoryError):
        transcribed(make_work, context)
