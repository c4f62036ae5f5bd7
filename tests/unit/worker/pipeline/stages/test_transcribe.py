"""From windows to text."""

from collections.abc import Callable

import pytest

from tests.support.fake_engine import FakeEngine
from whisperfarm_contract.presets import Preset
from whisperfarm_contract.problems import InvalidOption, UnknownLanguage
from whisperfarm_worker.attempt.monitor import NullMonitor
from whisperfarm_worker.pipeline.context import StageContext
from whisperfarm_worker.pipeline.stages.transcribe import transcribe
from whisperfarm_worker.pipeline.state import PipelineState

Make = Callable[..., PipelineState]
ENGLISH = Preset(name="english", asr="a", languages=("en",))


def test_each_window_gets_its_text_with_single_spaces(
    make_work: Make, context: StageContext, engine: FakeEngine
) -> None:
    engine.model.texts = [" one  two", "three"]
    state = transcribe(make_work((0, 2), (3, 4)), context, NullMonitor())
    assert [(chunk_text.window.start, chunk_text.text) for chunk_text in state.chunk_texts] == [
        (0, "one two"),
        (3, "three"),
    ]
    assert state.chunk_texts[0].avg_logprob == -0.25


def test_a_window_without_text_says_nothing(
    make_work: Make, context: StageContext, engine: FakeEngine
) -> None:
    engine.model.texts = ["  ", "three"]
    state = transcribe(make_work((0, 2), (3, 4)), context, NullMonitor())
    assert [chunk_text.text for chunk_text in state.chunk_texts] == ["three"]


def test_the_language_that_is_given_is_taken(
    make_work: Make, context: StageContext, engine: FakeEngine
) -> None:
    state = transcribe(make_work((0, 1), language="en"), context, NullMonitor())
    assert (state.language, state.language_probability) == ("en", None)
    assert engine.model.detected_lengths == []


def test_a_preset_of_one_language_needs_no_detection(
    make_work: Make, context: StageContext, engine: FakeEngine
) -> None:
    state = transcribe(make_work((0, 1), preset=ENGLISH), context, NullMonitor())
    assert (state.language, engine.model.detected_lengths) == ("en", [])


def test_the_language_is_told_by_the_first_speech(
    make_work: Make, context: StageContext, engine: FakeEngine
) -> None:
    state = transcribe(make_work((2, 5), (6, 7)), context, NullMonitor())
    assert (state.language, state.language_probability) == ("de", 0.8)
    assert engine.model.detected_lengths == [3 * 16_000]


def test_a_detected_language_is_one_of_the_presets(make_work: Make, context: StageContext) -> None:
    preset = Preset(name="p", asr="a", languages=("en", "fr"))
    assert transcribe(make_work((0, 1), preset=preset), context, NullMonitor()).language == "en"


def test_silence_has_a_language_too(
    make_work: Make, context: StageContext, engine: FakeEngine
) -> None:
    state = transcribe(make_work(), context, NullMonitor())
    assert (state.language, state.chunk_texts) == ("de", ())
    assert engine.model.detected_lengths == [10 * 16_000]


def test_a_language_that_the_preset_does_not_do_is_refused(
    make_work: Make, context: StageContext
) -> None:
    with pytest.raises(UnknownLanguage, match=r"english .* german; use one of en"):
        transcribe(make_work((0, 1), preset=ENGLISH, language="de"), context, NullMonitor())


def test_a_language_that_the_model_does_not_know_is_refused(
    make_work: Make, context: StageContext
) -> None:
    with pytest.raises(UnknownLanguage, match="french"):
        transcribe(make_work((0, 1), language="fr"), context, NullMonitor())


def test_a_model_of_one_language_can_not_translate(
    make_work: Make, context: StageContext, engine: FakeEngine
) -> None:
    engine.model.languages = frozenset({"en"})
    with pytest.raises(InvalidOption, match=r"task: .*cannot translate"):
        transcribe(make_work((0, 1), task="translate"), context, NullMonitor())


def test_what_the_job_says_of_decoding_is_passed_on(
    make_work: Make, context: StageContext, engine: FakeEngine
) -> None:
    given = {
        "task": "translate", "language": "de", "initial_prompt": "p", "hotwords": "h",
        "beam_size": 2, "patience": 2.0, "length_penalty": 0.5, "suppress_numerals": True,
    }  # fmt: skip
    transcribe(make_work((0, 1), **given), context, NullMonitor())
    decoding = engine.model.decodings[0]
    assert {name: getattr(decoding, name) for name in given} == given


def test_what_the_job_leaves_open_is_as_whisperx_has_it(
    make_work: Make, context: StageContext, engine: FakeEngine
) -> None:
    transcribe(make_work((0, 1), language="en"), context, NullMonitor())
    decoding = engine.model.decodings[0]
    assert (decoding.beam_size, decoding.patience, decoding.length_penalty) == (5, 1.0, 1.0)


def test_what_the_model_can_not_do_is_warned_of(
    make_work: Make, context: StageContext, engine: FakeEngine
) -> None:
    engine.model.warnings = ["hotwords are too long"]
    state = transcribe(make_work((0, 1), language="en"), context, NullMonitor())
    assert state.warnings == ("hotwords are too long",)


def test_a_blank_prompt_is_none(make_work: Make, context: StageContext, engine: FakeEngine) -> None:
    transcribe(make_work((0, 1), initial_prompt=" ", hotwords="\n"), context, NullMonitor())
    decoding = engine.model.decodings[0]
    assert (decoding.initial_prompt, decoding.hotwords) == (None, None)
