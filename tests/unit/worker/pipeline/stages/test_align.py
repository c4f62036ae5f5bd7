"""The align stage: a time for every word."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.support.fake_engine import FakeAligner, FakeEngine
from whisperfarm_contract.presets import Preset
from whisperfarm_contract.transcript import Word
from whisperfarm_worker.attempt.monitor import NullMonitor
from whisperfarm_worker.pipeline.context import StageContext
from whisperfarm_worker.pipeline.stages.align import align
from whisperfarm_worker.pipeline.state import PipelineState, SpeechRegion, Window, WindowText

Make = Callable[..., PipelineState]


@pytest.fixture
def spoken(make_work: Make) -> Callable[..., PipelineState]:
    """Return a state with one text between 1 and 5 s."""

    def make(text: str, **given: object) -> PipelineState:
        state = make_work((1, 5), **given)
        window_text = WindowText(window=state.windows[0], text=text, avg_logprob=-0.3)
        return replace(state, window_texts=(window_text,))

    return make


def _words(state: PipelineState) -> list[tuple[str, float, float]]:
    return [(word.text, word.start, word.end) for one in state.segments for word in one.words]


def test_align_uses_the_times_of_the_aligner(spoken: Make, context: StageContext) -> None:
    state = align(spoken("a b c d"), context, NullMonitor())
    assert _words(state) == [("a", 1, 2), ("b", 2, 3), ("c", 3, 4), ("d", 4, 5)]
    assert state.segments[0].avg_logprob == -0.3
    assert state.warnings == ()


def test_align_keeps_the_text(spoken: Make, context: StageContext) -> None:
    assert (
        align(spoken("Well, it's 42 €!"), context, NullMonitor()).segments[0].text
        == "Well, it's 42 €!"
    )


def test_aligner_gets_only_the_window(
    spoken: Make, context: StageContext, engine: FakeEngine
) -> None:
    align(spoken("a b"), context, NullMonitor())
    assert engine.its_aligner is not None
    (window,) = engine.its_aligner.windows
    assert (window.start, window.end, len(window.samples)) == (1, 5, 4 * 16_000)


def test_unaligned_words_are_interpolated(
    spoken: Make, context: StageContext, engine: FakeEngine
) -> None:
    engine.its_aligner = FakeAligner(unknown=frozenset({"b"}))
    state = align(spoken("a b c d"), context, NullMonitor())
    assert _words(state)[1] == ("b", 2, 3)
    assert [word.interpolated for word in state.segments[0].words] == [False, True, False, False]


def test_language_without_aligner_gets_a_warning(
    spoken: Make, context: StageContext, engine: FakeEngine
) -> None:
    engine.its_aligner = None
    state = align(replace(spoken("aa bb"), language="sw"), context, NullMonitor())
    assert _words(state) == [("aa", 1, 3), ("bb", 3, 5)]
    assert all(word.interpolated for word in state.segments[0].words)
    assert state.warnings == ("this farm has no aligner for swahili: word times are estimates",)


def test_words_with_times_of_their_own_are_not_aligned(
    spoken: Make, context: StageContext, engine: FakeEngine
) -> None:
    state = spoken("a b")
    own = (Word(text="a", start=1.5, end=2.0), Word(text="b", start=2.5, end=3.0))
    (with_times,) = state.window_texts
    mixed = (
        replace(with_times, words=own),
        WindowText(window=replace(with_times.window, start=6, end=8), text="c d", avg_logprob=0.0),
    )
    aligned = align(replace(state, window_texts=mixed), context, NullMonitor())
    assert _words(aligned) == [("a", 1.5, 2), ("b", 2.5, 3), ("c", 6, 7), ("d", 7, 8)]
    assert engine.its_aligner is not None
    assert [window.words for window in engine.its_aligner.windows] == [("c", "d")]


def test_times_of_other_words_are_not_used(spoken: Make, context: StageContext) -> None:
    state = spoken("a b")
    wrong = replace(state.window_texts[0], words=(Word(text="ab", start=1.5, end=2.0),))
    aligned = align(replace(state, window_texts=(wrong,)), context, NullMonitor())
    assert _words(aligned) == [("a", 1, 3), ("b", 3, 5)]


def test_times_of_the_model_need_no_aligner(
    spoken: Make, context: StageContext, engine: FakeEngine
) -> None:
    engine.its_aligner = None
    state = spoken("a")
    timed = replace(state.window_texts[0], words=(Word(text="a", start=1.5, end=2.0),))
    aligned = align(replace(state, window_texts=(timed,)), context, NullMonitor())
    assert (aligned.warnings, aligned.provenance["aligner"]) == ((), "the speech model")


def test_translations_are_not_aligned(
    spoken: Make, context: StageContext, engine: FakeEngine
) -> None:
    state = align(spoken("aa bb", task="translate"), context, NullMonitor())
    assert engine.its_aligner is not None
    assert engine.its_aligner.windows == []
    assert "translation" in state.warnings[0]


@pytest.mark.parametrize(
    ("preset_aligns", "asked", "aligned"),
    [(True, None, True), (True, False, False), (False, None, False), (False, True, True)],
)
def test_job_option_overrides_the_preset(
    spoken: Make,
    context: StageContext,
    preset_aligns: bool,
    asked: bool | None,
    aligned: bool,
) -> None:
    preset = Preset(name="p", asr="a", align=preset_aligns)
    state = align(spoken("a b", preset=preset, align=asked), context, NullMonitor())
    assert all(word.interpolated is not aligned for word in state.segments[0].words)


def test_times_are_clamped_to_the_audio(spoken: Make, context: StageContext) -> None:
    class DeadlineReached(FakeAligner):
        def _word(self, window: object, number: int) -> Word:
            return Word(text="x", start=99.0, end=98.0, score=0.1)

    context.engine.its_aligner = DeadlineReached()  # type: ignore[attr-defined]
    assert _words(align(spoken("x x"), context, NullMonitor())) == [("x", 5, 5), ("x", 5, 5)]


def test_silence_needs_no_aligner(
    make_work: Make, context: StageContext, engine: FakeEngine
) -> None:
    engine.its_aligner = None
    state = align(make_work(), context, NullMonitor())
    assert (state.segments, state.warnings) == ((), ())


def test_align_keeps_channels_apart(make_work: Make, context: StageContext) -> None:
    state = make_work(channels=2)
    state = replace(state, options=replace(state.options, channels="speakers"))
    window = Window(start=0, end=2, regions=(SpeechRegion(0, 2),), channel=1)
    state = replace(state, window_texts=(WindowText(window=window, text="a", avg_logprob=0.0),))
    assert align(state, context, NullMonitor()).segments[0].channel == 1


def test_mixed_segments_have_no_channel(spoken: Make, context: StageContext) -> None:
    assert align(spoken("a"), context, NullMonitor()).segments[0].channel is None


def test_provenance_names_the_aligner_and_warns(
    spoken: Make, context: StageContext, engine: FakeEngine
) -> None:
    engine.its_aligner = FakeAligner(name="my/aligner", warning="not exact")
    state = align(spoken("a b"), context, NullMonitor())
    assert state.provenance["aligner"] == "my/aligner"
    assert state.warnings == ("not exact",)


def test_provenance_without_aligner_names_none(
    spoken: Make, context: StageContext, engine: FakeEngine
) -> None:
    engine.its_aligner = None
    assert "aligner" not in align(spoken("a b"), context, NullMonitor()).provenance


def test_improbable_words_beside_silence_are_dropped_on_request(
    spoken: Make, context: StageContext, engine: FakeEngine
) -> None:
    class Improbable(FakeAligner):
        def _word(self, window: object, number: int) -> Word:
            return Word(text="a", start=1.0, end=1.5, score=0.01)

    engine.its_aligner = Improbable()
    kept = align(spoken("a"), context, NullMonitor())
    assert [one.text for one in kept.segments] == ["a"]
    state = align(spoken("a", hallucination_silence_threshold=2.0), context, NullMonitor())
    assert state.segments == ()
    assert "1 improbable words" in state.warnings[0]


def test_silence_threshold_without_an_aligner_gives_a_warning(
    spoken: Make, context: StageContext, engine: FakeEngine
) -> None:
    engine.its_aligner = None
    state = align(spoken("a", hallucination_silence_threshold=2.0), context, NullMonitor())
    assert len(state.segments) == 1
    assert "hallucination_silence_threshold has no effect" in state.warnings[-1]
