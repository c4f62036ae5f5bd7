"""The diarize stage of a call whose legs may have several speakers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import pytest

from tests.support.fake_engine import FakeEngine
from whisperfarm_contract.presets import Preset
from whisperfarm_contract.transcript import Segment, Turn, Word
from whisperfarm_worker.attempt.monitor import NullMonitor
from whisperfarm_worker.engines.port import OnProgress
from whisperfarm_worker.pipeline.context import StageContext
from whisperfarm_worker.pipeline.stages.diarize import diarize
from whisperfarm_worker.pipeline.state import (
    SAMPLE_RATE_HZ,
    PipelineState,
    Samples,
    SpeechRegion,
    TimeSpan,
    Window,
)

ONE = (Turn(start=0, end=4, speaker="x"),)
TWO = (Turn(start=0, end=2, speaker="x"), Turn(start=2, end=4, speaker="y"))
OFFSET_S = 5.0


@dataclass
class LegDiarizer:
    """Returns the next turns for each leg, and records the lengths of the legs."""

    found: Sequence[Sequence[Turn]]
    seconds: list[float] = field(default_factory=list)

    def turns(
        self, samples: Samples, *, on_progress: OnProgress, **_counts: int | None
    ) -> list[Turn]:
        self.seconds.append(len(samples) / SAMPLE_RATE_HZ)
        on_progress(1.0)
        return list(self.found[len(self.seconds) - 1])


@pytest.fixture
def call(make_work: Callable[..., PipelineState]) -> Callable[..., PipelineState]:
    """Return a call of two legs with four words each, the second 5 s later."""

    def make(**given: object) -> PipelineState:
        given = {"leg_offset_s": "0,5", "leg_name": "agent,home", **given}
        state = make_work(channels=2, **given)
        starts = (0.0, OFFSET_S)
        windows = [_window(start, channel) for channel, start in enumerate(starts)]
        spans = [TimeSpan(start, start + 4) for start in starts]
        return replace(
            state,
            segments=tuple(_segment(start, channel) for channel, start in enumerate(starts)),
            windows=tuple(windows),
            waveform=replace(state.waveform, spans=spans),
        )

    return make


def _window(start: float, channel: int) -> Window:
    region = SpeechRegion(start, start + 4)
    return Window(start=start, end=start + 4, regions=(region,), channel=channel)


def _segment(start: float, channel: int) -> Segment:
    words = tuple(Word(text=f"w{n}", start=start + n, end=start + n + 0.8) for n in range(4))
    text = "w0 w1 w2 w3"
    return Segment(start=start, end=start + 4, text=text, words=words, channel=channel)


def _said(state: PipelineState) -> list[tuple[str | None, str]]:
    return [(segment.speaker, segment.text) for segment in state.segments]


def _set(engine: FakeEngine, *found: Sequence[Turn]) -> LegDiarizer:
    diarizer = LegDiarizer(found)
    engine.its_diarizer = diarizer  # type: ignore[assignment]
    return diarizer


def test_speakers_of_a_leg_are_numbered(
    call: Callable[..., PipelineState], context: StageContext, engine: FakeEngine
) -> None:
    diarizer = _set(engine, ONE, TWO)
    state = diarize(call(diarize=True), context, NullMonitor())
    assert _said(state) == [("agent", "w0 w1 w2 w3"), ("home 1", "w0 w1"), ("home 2", "w2 w3")]
    assert {one.speaker for one in state.segments[1].words} == {"home 1"}
    assert [(one.start, one.speaker) for one in state.turns] == [
        (0, "agent"), (5, "home 1"), (7, "home 2"),
    ]  # fmt: skip
    assert diarizer.seconds == [4, 4]
    assert state.warnings == ()


@pytest.mark.parametrize(
    ("given", "runs"),
    [
        ({}, False),
        ({"diarize": False, "max_speakers": 2}, False),
        ({"diarize": True}, True),
        ({"max_speakers": 2}, True),
        ({"min_speakers": 2}, True),
        ({"num_speakers": 2}, True),
    ],
)
def test_leg_is_one_speaker_unless_the_caller_asks(
    call: Callable[..., PipelineState],
    context: StageContext,
    engine: FakeEngine,
    given: dict[str, object],
    runs: bool,
) -> None:
    diarizer = _set(engine, TWO, TWO)
    preset = Preset(name="p", asr="a", diarize=True)
    state = diarize(call(preset=preset, **given), context, NullMonitor())
    assert bool(diarizer.seconds) is runs
    expected = {"agent 1", "agent 2", "home 1", "home 2"} if runs else {"agent", "home"}
    assert {one.speaker for one in state.segments} == expected


def test_numbered_name_is_not_that_of_another_leg(
    call: Callable[..., PipelineState], context: StageContext, engine: FakeEngine
) -> None:
    _set(engine, ONE, TWO)
    state = diarize(call(diarize=True, leg_name="home 1,home"), context, NullMonitor())
    assert [speaker for speaker, _ in _said(state)] == ["home 1", "home 2", "home 3"]


def test_leg_in_which_no_speaker_is_found_keeps_its_name(
    call: Callable[..., PipelineState], context: StageContext, engine: FakeEngine
) -> None:
    _set(engine, (), TWO)
    state = diarize(call(diarize=True, leg_name=","), context, NullMonitor())
    assert [speaker for speaker, _ in _said(state)] == [
        "SPEAKER_00", "SPEAKER_01 1", "SPEAKER_01 2",
    ]  # fmt: skip


def test_warning_about_a_number_of_speakers_names_the_leg(
    call: Callable[..., PipelineState], context: StageContext, engine: FakeEngine
) -> None:
    _set(engine, ONE, TWO)
    state = diarize(call(num_speakers=2), context, NullMonitor())
    assert state.warnings == (
        "leg 0 (agent): num_speakers: 2 speakers were requested, and words of 1 were found",
    )
