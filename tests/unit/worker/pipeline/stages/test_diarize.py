"""Whose words they are."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.support.fake_engine import FakeDiarizer, FakeEngine
from whisperfarm_contract.presets import Preset
from whisperfarm_contract.problems import OptionWrong
from whisperfarm_contract.transcript import Segment, Turn, Word
from whisperfarm_worker.attempt.monitor import NoWatch
from whisperfarm_worker.pipeline.context import Tools
from whisperfarm_worker.pipeline.stages.diarize import diarize
from whisperfarm_worker.pipeline.state import Stretch, Window, Work

Make = Callable[..., Work]
DIALOGUE = (Turn(start=0, end=2, speaker="x"), Turn(start=2, end=4, speaker="y"))


@pytest.fixture
def spoken(make_work: Make) -> Make:
    """Work with one segment of four words, one a second."""

    def make(**given: object) -> Work:
        words = tuple(Word(text=f"w{n}", start=n, end=n + 0.8) for n in range(4))
        segment = Segment(start=0, end=4, text="w0 w1 w2 w3", words=words)
        return replace(make_work((0, 4), **given), segments=(segment,))

    return make


def _said(work: Work) -> list[tuple[str | None, str]]:
    return [(segment.speaker, segment.text) for segment in work.segments]


def test_segments_are_cut_where_the_speaker_changes(
    spoken: Make, tools: Tools, engine: FakeEngine
) -> None:
    engine.its_diarizer = FakeDiarizer(DIALOGUE)
    work = diarize(spoken(diarize=True), tools, NoWatch())
    assert _said(work) == [("SPEAKER_00", "w0 w1"), ("SPEAKER_01", "w2 w3")]
    assert [turn.speaker for turn in work.turns] == ["SPEAKER_00", "SPEAKER_01"]


def test_what_is_known_of_the_speakers_is_passed_on(
    spoken: Make, tools: Tools, engine: FakeEngine
) -> None:
    engine.its_diarizer = FakeDiarizer(DIALOGUE)
    given = {"num_speakers": 2, "min_speakers": 1, "max_speakers": 3}
    diarize(spoken(diarize=True, **given), tools, NoWatch())
    assert engine.its_diarizer.asked == [(2, 1, 3)]


@pytest.mark.parametrize(
    ("preset_does", "asked"), [(True, None), (True, False), (False, None), (False, True)]
)
def test_the_job_may_say_otherwise_than_the_preset(
    spoken: Make, tools: Tools, engine: FakeEngine, preset_does: bool, asked: bool | None
) -> None:
    engine.its_diarizer = FakeDiarizer(DIALOGUE)
    preset = Preset(name="p", asr="a", diarize=preset_does)
    work = diarize(spoken(preset=preset, diarize=asked), tools, NoWatch())
    assert bool(work.turns) is (preset_does if asked is None else asked)


def test_a_farm_without_a_diarizer_says_so(spoken: Make, tools: Tools) -> None:
    with pytest.raises(OptionWrong, match="the workers of calls have no diarizer"):
        diarize(spoken(diarize=True), tools, NoWatch())


def test_options_that_do_nothing_are_warned_of(spoken: Make, tools: Tools) -> None:
    work = diarize(spoken(num_speakers=2), tools, NoWatch())
    assert work.warnings == ("num_speakers has no effect without diarize=true",)


def test_silence_is_nobodys(make_work: Make, tools: Tools, engine: FakeEngine) -> None:
    engine.its_diarizer = FakeDiarizer(DIALOGUE)
    assert diarize(make_work(diarize=True), tools, NoWatch()).turns == ()
    assert engine.its_diarizer.asked == []


def test_a_diarizer_that_hears_nobody_is_warned_of(
    spoken: Make, tools: Tools, engine: FakeEngine
) -> None:
    engine.its_diarizer = FakeDiarizer()
    work = diarize(spoken(diarize=True), tools, NoWatch())
    assert _said(work) == [(None, "w0 w1 w2 w3")]
    assert "no speakers" in work.warnings[0]


def _of_channel(work: Work, channel: int) -> Work:
    segments = tuple(replace(one, channel=channel) for one in work.segments)
    window = Window(start=0, end=4, stretches=(Stretch(0, 1), Stretch(2, 4)), channel=channel)
    return replace(work, segments=segments, windows=(window,))


def test_when_each_channel_is_a_speaker_no_diarizer_is_needed(spoken: Make, tools: Tools) -> None:
    work = _of_channel(spoken(channels=2), 1)
    work = replace(work, options=replace(work.options, channels="speakers"))
    work = diarize(work, tools, NoWatch())
    assert _said(work) == [("SPEAKER_01", "w0 w1 w2 w3")]
    assert {word.speaker for word in work.segments[0].words} == {"SPEAKER_01"}
    assert [(turn.start, turn.end) for turn in work.turns] == [(0, 1), (2, 4)]
    assert work.warnings == ()


def test_one_channel_alone_is_warned_of(spoken: Make, tools: Tools) -> None:
    work = spoken()
    work = replace(work, options=replace(work.options, channels="speakers"))
    assert "one channel" in diarize(work, tools, NoWatch()).warnings[0]
