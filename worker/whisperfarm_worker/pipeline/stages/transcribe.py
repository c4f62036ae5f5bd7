"""transcribe: the language and the text of each speech window."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from whisperfarm_contract.problems import InvalidOption
from whisperfarm_contract.transcript import Word
from whisperfarm_worker.attempt.monitor import AttemptMonitor
from whisperfarm_worker.engines.port import Decoding, SpeechRecognizer
from whisperfarm_worker.pipeline.context import StageContext
from whisperfarm_worker.pipeline.languages.allowed import allowed_languages, idle_warnings
from whisperfarm_worker.pipeline.languages.detection import (
    detect_languages,
    language_without_speech,
)
from whisperfarm_worker.pipeline.languages.model_abilities import detectable, found_languages
from whisperfarm_worker.pipeline.languages.spoken import (
    SpokenWindow,
    mean_probability,
    speech_by_language,
    uncertainty_warnings,
)
from whisperfarm_worker.pipeline.postprocess.doubts import doubt_warnings, recording_warnings
from whisperfarm_worker.pipeline.postprocess.tokenization import normalize
from whisperfarm_worker.pipeline.stages.decoding_options import decoding_options, ignored_options
from whisperfarm_worker.pipeline.stages.window_texts import DecodedWindows, decode_windows
from whisperfarm_worker.pipeline.state import PipelineState, Window, WindowText


def transcribe(
    state: PipelineState, context: StageContext, monitor: AttemptMonitor
) -> PipelineState:
    """Set the languages, and the text of each window; windows are cut where the language changes.

    Raises `UnknownLanguage` if the model does not support a language, and `InvalidOption` if it
    does not support the task.
    """
    model = context.engine.speech_recognizer(state.preset)
    _check_task(state, model)
    allowed = allowed_languages(state.options, state.preset, model.languages)
    detected, assumed = detectable(allowed, model)
    spoken = detect_languages(
        state,
        model,
        detected,
        checkpoint=context.checkpoint,
        on_poll=lambda: monitor.report_progress("transcribe", 0.0),
    )
    if spoken:
        language, probability = _main_language(spoken)
    else:
        language, probability = language_without_speech(state, model, detected)
    languages = [language, *(code for code in speech_by_language(spoken) if code != language)]
    decodings, warnings = _decodings(state, model, languages)
    decoded = decode_windows(
        state,
        spoken,
        model,
        decodings,
        on_progress=lambda done: monitor.report_progress("transcribe", done),
        checkpoint=context.checkpoint,
    )
    transcribed = replace(
        state,
        windows=tuple(one.window for one in spoken),
        language=language,
        language_probability=probability,
        window_texts=tuple(_window_texts(spoken, decoded, language)),
        provenance={
            **state.provenance,
            **model.provenance,
            **_provenance(spoken, decoded),
        },
    )
    doubts = [(one.window, text.doubt) for one, text in zip(spoken, decoded.texts, strict=True)]
    return transcribed.warn(
        *idle_warnings(state.options, state.preset, allowed),
        *assumed,
        *found_languages(state.options, model),
        *ignored_options(state.options),
        *uncertainty_warnings(spoken),
        *warnings,
        *doubt_warnings(doubts),
        *recording_warnings(transcribed.window_texts),
    )


def _check_task(state: PipelineState, model: SpeechRecognizer) -> None:
    if state.options.task == "translate" and not model.translates:
        raise InvalidOption(
            f"task: the speech model of {state.preset.name} cannot translate; leave task out"
        )


def _main_language(spoken: Sequence[SpokenWindow]) -> tuple[str, float | None]:
    """Return the language with the most speech, and its mean probability if it was detected."""
    language = next(iter(speech_by_language(spoken)))
    return language, mean_probability([one for one in spoken if one.language == language])


def _decodings(
    state: PipelineState, model: SpeechRecognizer, languages: Sequence[str]
) -> tuple[Mapping[str, Decoding], list[str]]:
    """Return the decoding options of each language, and the warnings of all."""
    clamped = {
        language: model.clamp(decoding_options(state.options, language, preset=state.preset))
        for language in languages
    }
    warnings = [warning for _, of_language in clamped.values() for warning in of_language]
    return {language: decoding for language, (decoding, _) in clamped.items()}, warnings


def _window_texts(
    spoken: Sequence[SpokenWindow], decoded: DecodedWindows, main: str
) -> Iterable[WindowText]:
    """Yield the texts of the windows that have any."""
    for one, decoded_text in zip(spoken, decoded.texts, strict=True):
        if text := normalize(decoded_text.text):
            yield WindowText(
                window=one.window,
                text=text,
                avg_logprob=round(decoded_text.avg_logprob, 4),
                language=None if one.language == main else one.language,
                words=_in_recording(decoded_text.words, one.window),
            )


def _in_recording(words: Sequence[Word] | None, window: Window) -> tuple[Word, ...] | None:
    """Return the words with their times in the recording instead of in the window."""
    if words is None:
        return None
    return tuple(
        replace(
            word,
            start=round(window.start + word.start, 3),
            end=round(window.start + word.end, 3),
        )
        for word in words
    )


def _provenance(spoken: Sequence[SpokenWindow], decoded: DecodedWindows) -> Mapping[str, Any]:
    """Return the seconds of speech in each of several languages, and what is not of this
    attempt."""
    found: dict[str, Any] = {}
    if decoded.from_checkpoint:
        found["windows_from_checkpoint"] = decoded.from_checkpoint
    if len(speech := speech_by_language(spoken)) > 1:
        found["languages"] = speech
    return found
