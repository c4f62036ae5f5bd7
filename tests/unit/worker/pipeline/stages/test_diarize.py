"""The diarize stage: a speaker for every word."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.support.fake_engine import FakeDiarizer, FakeEngine
from whisperfarm_contract.presets import Preset
from whisperfarm_contract.problems import InvalidOption
from whisperfarm_contract.transcript import Segment, Turn, Word
from whisperfarm_worker.attempt.monitor import NullMonitor
from whisperfarm_worker.pipeline.context import StageContext
from whisperfarm_worker.pipeline.stages.diarize import diarize
from whisperfarm_worker.pipeline.state import PipelineState, SpeechRegion, Window

Make = Callable[..., PipelineState]
DIALOGUE = (Turn(start=0, end=2, speaker="x"), Turn(start=2, end=4, speaker="y"))


@pytest.fixture
def spoken(make_work: Make) -> Make:
    """Return a state with one segment of four words, one per second."""

    def make(**given: object) -> PipelineState:
        words = tuple(Word(text=f"w{n}", start=n, end=n + 0.8) for n in range(4))
        segment = Segment(start=0, end=4, text="w0 w1 w2 w3", words=words)
        return replace(make_work((0, 4), **given), segments=(segment,))

    return make


def _said(state: PipelineState) -> list[tuple[str | None, str]]:
    return [(segment.speaker, segment.text) for segment in state.segments]


def test_segments_are_split_at_speaker_changes(
    spoken: Make, context: StageContext, engine: FakeEngine
) -> None:
    engine.its_diarizer = FakeDiarizer(DIALOGUE)
    state = diarize(spoken(diarize=True), context, NullMonitor())
    assert _said(state) == [("SPEAKER_00", "w0 w1"), ("SPEAKER_01", "w2 w3")]
    assert [turn.speaker for turn in state.turns] == ["SPEAKER_00", "SPEAKER_01"]


def test_diarizer_gets_the_speaker_counts(
    spoken: Make, context: StageContext, engine: FakeEngine
) -> None:
    engine.its_diarizer = FakeDiarizer(DIALOGUE)
    given = {"num_speakers": 2, "min_speakers": 1, "max_speakers": 3}
    diarize(spoken(diarize=True, **given), context, NullMonitor())
    assert engine.its_diarizer.asked == [(2, 1, 3)]


@pytest.mark.parametrize(
    ("preset_does", "asked"), [(True, None), (True, False), (False, None), (False, True)]
)
def test_job_option_overrides_the_preset(
    spoken: Make, context: StageContext, engine: FakeEngine, preset_does: bool, asked: bool | None
) -> None:
    engine.its_diarizer = FakeDiarizer(DIALOGUE)
    preset = Preset(name="p", asr="a", diarize=preset_does)
    state = diarize(spoken(preset=preset, diarize=asked), context, NullMonitor())
    assert bool(state.turns) is (preset_does if asked is None else asked)


@pytest.mark.parametrize("name", ["num_speakers", "min_speakers"])
def test_speakers_that_were_not_found_give_a_warning(
    spoken: Make, context: StageContext, engine: FakeEngine, name: str
) -> None:
    engine.its_diarizer = FakeDiarizer((*DIALOGUE, Turn(start=3.9, end=4, speaker="z")))
    state = diarize(spoken(diarize=True, **{name: 3}), context, NullMonitor())
    assert state.warnings == (f"{name}: 3 speakers were requested, and words of 2 were found",)
    assert not diarize(spoken(diarize=True, **{name: 2}), context, NullMonitor()).warnings


@pytest.mark.parametrize("name", ["num_speakers", "max_speakers"])
def test_speakers_beyond_the_maximum_give_a_warning(
    spoken: Make, context: StageContext, engine: FakeEngine, name: str
) -> None:
    engine.its_diarizer = FakeDiarizer(DIALOGUE)
    state = diarize(spoken(diarize=True, **{name: 1}), context, NullMonitor())
    assert state.warnings == (f"{name}: 1 speakers were requested, and words of 2 were found",)


def test_missing_diarizer_is_rejected(spoken: Make, context: StageContext) -> None:
    with pytest.raises(InvalidOption, match="the workers of calls have no diarizer"):
        diarize(spoken(diarize=True), context, NullMonitor())


def test_ignored_options_give_a_warning(spoken: Make, context: StageContext) -> None:
    state = diarize(spoken(num_speakers=2), context, NullMonitor())
    assert state.warnings == ("num_speakers has no effect without diarize=true",)


def test_silence_has_no_speakers(
    make_work: Make, context: StageContext, engine: FakeEngine
) -> None:
    engine.its_diarizer = FakeDiarizer(DIALOGUE)
    assert diarize(make_work(diarize=True), context, NullMonitor()).turns == ()
    assert engine.its_diarizer.asked == []


def test_diarizer_without_turns_gives_a_warning(
    spoken: Make, context: StageContext, engine: FakeEngine
) -> None:
    engine.its_diarizer = FakeDiarizer()
    state = diarize(spoken(diarize=True), context, NullMonitor())
    assert _said(state) == [(None, "w0 w1 w2 w3")]
    assert "no speakers" in state.warnings[0]


def test_turns_end_with_the_audio(spoken: Make, context: StageContext, engine: FakeEngine) -> None:
    turns = (
        *DIALOGUE[:1],
        Turn(start=2, end=4.436, speaker="y"),
        Turn(start=4.1, end=5, speaker="x"),
    )
    engine.its_diarizer = FakeDiarizer(turns)
    state = diarize(spoken(diarize=True, seconds=4.0), context, NullMonitor())
    assert [(turn.start, turn.end) for turn in state.turns] == [(0, 2), (2, 4)]


def test_speaker_without_a_word_has_no_turn(
    spoken: Make, context: StageContext, engine: FakeEngine
) -> None:
    engine.its_diarizer = FakeDiarizer((Turn(start=0.1, end=0.12, speaker="z"), *DIALOGUE))
    state = diarize(spoken(diarize=True), context, NullMonitor())
    assert [turn.speaker for turn in state.turns] == ["SPEAKER_00", "SPEAKER_01"]
    assert _said(state) == [("SPEAKER_00", "w0 w1"), ("SPEAKER_01", "w2 w3")]


def _of_channel(state: PipelineState, channel: int) -> PipelineState:
    segments = tuple(replace(one, channel=channel) for one in state.segments)
    window = Window(
        start=0, end=4, regions=(SpeechRegion(0, 1), SpeechRegion(2, 4)), channel=channel
    )
    return replace(state, segments=segments, windows=(window,))


def test_speaker_channels_need_no_diarizer(spoken: Make, context: StageContext) -> None:
    state = _of_channel(spoken(channels=2), 1)
    state = replace(state, options=replace(state.options, channels="speakers"))
    state = diarize(state, context, NullMonitor())
    assert _said(state) == [("SPEAKER_01", "w0 w1 w2 w3")]
    assert {word.speaker for word in state.segments[0].words} == {"SPEAKER_01"}
    assert [(turn.start, turn.end) for turn in state.turns] == [(0, 1), (2, 4)]
    assert state.warnings == ()


def test_single_speaker_channel_gives_a_warning(spoken: Make, context: StageContext) -> None:
    state = spoken()
    state = replace(state, options=replace(state.options, channels="speakers"))
    assert "one channel" in diarize(state, context, NullMonitor()).warnings[0]


def test_speaker_channel_without_a_word_has_no_turn(spoken: Make, context: StageContext) -> None:
    state = _of_channel(spoken(channels=2), 1)
    silent = Window(start=5, end=6, regions=(SpeechRegion(5, 6),), channel=0)
    options = replace(state.options, channels="speakers")
    state = replace(state, options=options, windows=(*state.windows, silent))
    turns = diarize(state, context, NullMonitor()).turns
    assert {turn.speaker for turn in turns} == {"SPEAKER_01"}


def test_speaker_channels_have_the_names_of_the_caller(spoken: Make, context: StageContext) -> None:
    state = _of_channel(spoken(channels=2), 1)
    options = replace(state.options, channels="speakers", channel_names="agent,customer")
    state = diarize(replace(state, options=options), context, NullMonitor())
    assert _said(state) == [("customer", "w0 w1 w2 w3")]
    assert {word.speaker for word in state.segments[0].words} == {"customer"}
    assert {turn.speaker for turn in state.turns} == {"customer"}
    assert state.warnings == ()


def test_names_in_another_number_than_channels_give_a_warning(
    spoken: Make, context: StageContext
) -> None:
    state = _of_channel(spoken(channels=2), 1)
    options = replace(state.options, channels="speakers", channel_names="agent")
    state = diarize(replace(state, options=options), context, NullMonitor())
    assert _said(state)[0][0] == "SPEAKER_01"
    assert "channels: 2, of names: 1" in state.warnings[0]


def test_names_of_mixed_channels_give_a_warning(spoken: Make, context: StageContext) -> None:
    state = diarize(spoken(channel_names="agent,customer"), context, NullMonitor())
    assert state.warnings == ("channel_names has no effect without channels=speakers",)
    assert _said(state) == [(None, "w0 w1 w2 w3")]
