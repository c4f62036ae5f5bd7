"""The transcribe stage: from windows to text."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.support.fake_engine import FakeEngine
from whisperfarm_contract.presets import Preset
from whisperfarm_contract.problems import InvalidOption, UnknownLanguage
from whisperfarm_contract.transcript import Word
from whisperfarm_worker.attempt.monitor import NullMonitor
from whisperfarm_worker.engines.port import Doubt
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
    assert [(window_text.window.start, window_text.text) for window_text in state.window_texts] == [
        (0, "one two"),
        (3, "three"),
    ]
    assert state.window_texts[0].avg_logprob == -0.25


def test_window_without_text_has_no_window_text(
    make_work: Make, context: StageContext, engine: FakeEngine
) -> None:
    engine.model.texts = ["  ", "three"]
    state = transcribe(make_work((0, 2), (3, 4)), context, NullMonitor())
    assert [window_text.text for window_text in state.window_texts] == ["three"]


def test_given_language_is_not_detected(
    make_work: Make, context: StageContext, engine: FakeEngine
) -> None:
    state = transcribe(make_work((0, 1), language="en"), context, NullMonitor())
    assert (state.language, state.language_probability) == ("en", None)
    assert engine.model.detected_lengths == []


def test_language_of_a_one_language_preset_is_not_detected(
    make_work: Make, context: StageContext, engine: FakeEngine
) -> None:
    state = transcribe(make_work((0, 1), preset=ENGLISH), context, NullMonitor())
    assert (state.language, engine.model.detected_lengths) == ("en", [])


def test_language_is_detected_in_the_first_window(
    make_work: Make, context: StageContext, engine: FakeEngine
) -> None:
    state = transcribe(make_work((2, 5), (6, 7)), context, NullMonitor())
    assert (state.language, state.language_probability) == ("de", 0.8)
    assert engine.model.detected_lengths == [3 * 16_000]


def test_detected_language_is_one_of_the_preset(make_work: Make, context: StageContext) -> None:
    preset = Preset(name="p", asr="a", languages=("en", "fr"))
    assert transcribe(make_work((0, 1), preset=preset), context, NullMonitor()).language == "en"


def test_silence_has_a_language_too(
    make_work: Make, context: StageContext, engine: FakeEngine
) -> None:
    state = transcribe(make_work(), context, NullMonitor())
    assert (state.language, state.window_texts) == ("de", ())
    assert engine.model.detected_lengths == [10 * 16_000]


def test_language_outside_the_preset_is_rejected(make_work: Make, context: StageContext) -> None:
    with pytest.raises(UnknownLanguage, match=r"english .* german; use one of en"):
        transcribe(make_work((0, 1), preset=ENGLISH, language="de"), context, NullMonitor())


def test_language_outside_the_model_is_rejected(make_work: Make, context: StageContext) -> None:
    with pytest.raises(UnknownLanguage, match="french"):
        transcribe(make_work((0, 1), language="fr"), context, NullMonitor())


def test_model_that_cannot_translate_rejects_translation(
    make_work: Make, context: StageContext, engine: FakeEngine
) -> None:
    engine.model.translates = False
    with pytest.raises(InvalidOption, match=r"task: .*cannot translate"):
        transcribe(make_work((0, 1), task="translate"), context, NullMonitor())


def test_language_is_assumed_if_the_model_cannot_detect_it(
    make_work: Make, context: StageContext, engine: FakeEngine
) -> None:
    engine.model.detects_languages = False
    state = transcribe(make_work((0, 1)), context, NullMonitor())
    assert (state.language, state.language_probability) == ("en", None)
    assert engine.model.detected_lengths == []
    (warning,) = state.warnings
    assert "the Whisper model tiny is not installed: english was assumed" in warning


def test_language_of_a_model_that_finds_it_gets_a_warning(
    make_work: Make, context: StageContext, engine: FakeEngine
) -> None:
    engine.model.takes_language = False
    state = transcribe(make_work((0, 1), language="de"), context, NullMonitor())
    assert [one for one in state.warnings if one.startswith("language only names")]
    assert transcribe(make_work((0, 1)), context, NullMonitor()).warnings == ()


def test_word_times_of_the_model_become_times_in_the_recording(
    make_work: Make, context: StageContext, engine: FakeEngine
) -> None:
    engine.model.words = (
        Word(text="hello", start=0.1, end=0.3),
        Word(text="world", start=0.4, end=0.5),
    )
    (window_text,) = transcribe(make_work((2, 3)), context, NullMonitor()).window_texts
    assert window_text.words is not None
    assert [(word.start, word.end) for word in window_text.words] == [(2.1, 2.3), (2.4, 2.5)]


def test_transcript_records_the_family_of_the_model(
    make_work: Make, context: StageContext, engine: FakeEngine
) -> None:
    state = transcribe(make_work((0, 1)), context, NullMonitor())
    assert state.provenance["asr_family"] == "fake"


def test_options_are_passed_to_the_decoder(
    make_work: Make, context: StageContext, engine: FakeEngine
) -> None:
    given = {
        "task": "translate", "language": "de", "initial_prompt": "p", "hotwords": "h",
        "beam_size": 2, "patience": 2.0, "length_penalty": 0.5, "suppress_numerals": True,
    }  # fmt: skip
    transcribe(make_work((0, 1), **given), context, NullMonitor())
    decoding = engine.model.decodings[0]
    assert {name: getattr(decoding, name) for name in given} == given


def test_decoding_defaults_are_those_of_whisperx(
    make_work: Make, context: StageContext, engine: FakeEngine
) -> None:
    transcribe(make_work((0, 1), language="en"), context, NullMonitor())
    decoding = engine.model.decodings[0]
    assert (decoding.beam_size, decoding.patience, decoding.length_penalty) == (5, 1.0, 1.0)


@pytest.mark.parametrize(("options", "beam_size"), [({}, 1), ({"beam_size": 3}, 3)])
def test_preset_has_the_beam_of_jobs_that_name_none(
    make_work: Make, context: StageContext, engine: FakeEngine, options: Any, beam_size: int
) -> None:
    work = make_work((0, 1), language="en", **options)
    greedy = replace(work, preset=replace(work.preset, beam_size=1))
    transcribe(greedy, context, NullMonitor())
    assert engine.model.decodings[0].beam_size == beam_size


def test_clamped_options_give_a_warning(
    make_work: Make, context: StageContext, engine: FakeEngine
) -> None:
    engine.model.warnings = ["hotwords are too long"]
    state = transcribe(make_work((0, 1), language="en"), context, NullMonitor())
    assert state.warnings == ("hotwords are too long",)


def test_blank_prompt_is_none(make_work: Make, context: StageContext, engine: FakeEngine) -> None:
    transcribe(make_work((0, 1), initial_prompt=" ", hotwords="\n"), context, NullMonitor())
    decoding = engine.model.decodings[0]
    assert (decoding.initial_prompt, decoding.hotwords) == (None, None)


def test_options_of_the_fallback_reach_the_model(
    make_work: Make, context: StageContext, engine: FakeEngine
) -> None:
    state = make_work(
        (0, 1), temperature=0.2, temperature_increment_on_fallback=0.0, suppress_tokens="-1,50"
    )
    transcribe(state, context, NullMonitor())
    (decoding,) = engine.model.decodings
    assert (decoding.temperature, decoding.fallback_temperatures) == (0.2, [])
    assert decoding.suppress_tokens == (-1, 50)


def test_doubtful_window_gives_a_warning_with_its_times(
    make_work: Make, context: StageContext, engine: FakeEngine
) -> None:
    engine.model.doubt = Doubt.IMPROBABLE
    state = transcribe(make_work((2, 5)), context, NullMonitor())
    assert [warning for warning in state.warnings if "2.0 to 5.0 s" in warning]


def test_ignored_beam_search_gives_a_warning(make_work: Make, context: StageContext) -> None:
    given = {"beam_size": 3, "patience": 2.0}
    state = transcribe(make_work((0, 1), temperature=0.4, **given), context, NullMonitor())
    assert state.warnings == (
        "beam_size has no effect with a temperature above 0",
        "patience has no effect with a temperature above 0",
    )
    searched = transcribe(make_work((0, 1), temperature=0.0, **given), context, NullMonitor())
    assert searched.warnings == ()
