"""A time for every word."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.support.fake_engine import FakeAligner, FakeEngine
from whisperfarm_contract.presets import Preset
from whisperfarm_contract.transcript import Word
from whisperfarm_worker.attempt.monitor import NoWatch
from whisperfarm_worker.pipeline.context import Tools
from whisperfarm_worker.pipeline.stages.align import align
from whisperfarm_worker.pipeline.state import Said, Stretch, Window, Work

Make = Callable[..., Work]


@pytest.fixture
def spoken(make_work: Make) -> Callable[..., Work]:
    """Work in which one text was heard between 1 and 5 s."""

    def make(text: str, **given: object) -> Work:
        work = make_work((1, 5), **given)
        said = Said(window=work.windows[0], text=text, avg_logprob=-0.3)
        return replace(work, said=(said,))

    return make


def _words(work: Work) -> list[tuple[str, float, float]]:
    return [(word.text, word.start, word.end) for one in work.segments for word in one.words]


def test_words_get_the_times_of_the_aligner(spoken: Make, tools: Tools) -> None:
    work = align(spoken("a b c d"), tools, NoWatch())
    assert _words(work) == [("a", 1, 2), ("b", 2, 3), ("c", 3, 4), ("d", 4, 5)]
    assert work.segments[0].avg_logprob == -0.3
    assert work.warnings == ()


def test_the_text_stays_to_the_letter(spoken: Make, tools: Tools) -> None:
    assert (
        align(spoken("Well, it's 42 €!"), tools, NoWatch()).segments[0].text == "Well, it's 42 €!"
    )


def test_the_aligner_hears_the_window_and_nothing_else(
    spoken: Make, tools: Tools, engine: FakeEngine
) -> None:
    align(spoken("a b"), tools, NoWatch())
    assert engine.its_aligner is not None
    (passage,) = engine.its_aligner.passages
    assert (passage.start, passage.end, len(passage.samples)) == (1, 5, 4 * 16_000)


def test_words_that_the_aligner_does_not_find_are_put_between_the_others(
    spoken: Make, tools: Tools, engine: FakeEngine
) -> None:
    engine.its_aligner = FakeAligner(unknown=frozenset({"b"}))
    work = align(spoken("a b c d"), tools, NoWatch())
    assert _words(work)[1] == ("b", 2, 3)
    assert [word.interpolated for word in work.segments[0].words] == [False, True, False, False]


def test_a_language_without_an_aligner_gets_estimates_and_a_warning(
    spoken: Make, tools: Tools, engine: FakeEngine
) -> None:
    engine.its_aligner = None
    work = align(replace(spoken("aa bb"), language="sw"), tools, NoWatch())
    assert _words(work) == [("aa", 1, 3), ("bb", 3, 5)]
    assert all(word.interpolated for word in work.segments[0].words)
    assert work.warnings == ("this farm has no aligner for swahili: word times are estimates",)


def test_a_translation_is_not_aligned(spoken: Make, tools: Tools, engine: FakeEngine) -> None:
    work = align(spoken("aa bb", task="translate"), tools, NoWatch())
    assert engine.its_aligner is not None
    assert engine.its_aligner.passages == []
    assert "translation" in work.warnings[0]


@pytest.mark.parametrize(
    ("preset_aligns", "asked", "aligned"),
    [(True, None, True), (True, False, False), (False, None, False), (False, True, True)],
)
def test_the_job_may_say_otherwise_than_the_preset(
    spoken: Make,
    tools: Tools,
    preset_aligns: bool,
    asked: bool | None,
    aligned: bool,
) -> None:
    preset = Preset(name="p", asr="a", align=preset_aligns)
    work = align(spoken("a b", preset=preset, align=asked), tools, NoWatch())
    assert all(word.interpolated is not aligned for word in work.segments[0].words)


def test_times_past_the_audio_are_brought_back(spoken: Make, tools: Tools) -> None:
    class Late(FakeAligner):
        def _word(self, passage: object, number: int) -> Word:
            return Word(text="x", start=99.0, end=98.0, score=0.1)

    tools.engine.its_aligner = Late()  # type: ignore[attr-defined]
    assert _words(align(spoken("x x"), tools, NoWatch())) == [("x", 5, 5), ("x", 5, 5)]


def test_silence_needs_no_aligner_and_no_warning(
    make_work: Make, tools: Tools, engine: FakeEngine
) -> None:
    engine.its_aligner = None
    work = align(make_work(), tools, NoWatch())
    assert (work.segments, work.warnings) == ((), ())


def test_channels_are_kept_apart_when_each_is_a_speaker(make_work: Make, tools: Tools) -> None:
    work = make_work(channels=2)
    work = replace(work, options=replace(work.options, channels="speakers"))
    window = Window(start=0, end=2, stretches=(Stretch(0, 2),), channel=1)
    work = replace(work, said=(Said(window=window, text="a", avg_logprob=0.0),))
    assert align(work, tools, NoWatch()).segments[0].channel == 1


def test_a_mix_has_no_channels(spoken: Make, tools: Tools) -> None:
    assert align(spoken("a"), tools, NoWatch()).segments[0].channel is None


def test_the_transcript_says_who_timed_the_words_and_what_to_think_of_it(
    spoken: Make, tools: Tools, engine: FakeEngine
) -> None:
    engine.its_aligner = FakeAligner(name="my/aligner", caution="not exact")
    work = align(spoken("a b"), tools, NoWatch())
    assert work.made_with["aligner"] == "my/aligner"
    assert work.warnings == ("not exact",)


def test_without_an_aligner_none_is_named(spoken: Make, tools: Tools, engine: FakeEngine) -> None:
    engine.its_aligner = None
    assert "aligner" not in align(spoken("a b"), tools, NoWatch()).made_with
