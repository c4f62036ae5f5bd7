"""transcribe: the text of each speech window, and the language."""

from collections.abc import Sequence
from dataclasses import replace

from whisperfarm_contract.languages import NAMES
from whisperfarm_contract.problems import InvalidOption, UnknownLanguage
from whisperfarm_worker.attempt.checkpoint import Checkpoint, window_key
from whisperfarm_worker.attempt.monitor import AttemptMonitor
from whisperfarm_worker.engines.port import DecodedText, Decoding, OnProgress, SpeechRecognizer
from whisperfarm_worker.pipeline.context import StageContext
from whisperfarm_worker.pipeline.levels.gain import cut_window
from whisperfarm_worker.pipeline.postprocess.doubts import doubt_warnings, recording_warnings
from whisperfarm_worker.pipeline.postprocess.tokenization import normalize
from whisperfarm_worker.pipeline.state import PipelineState, Samples, WindowText

_DETECTION_S = 30.0


def transcribe(
    state: PipelineState, context: StageContext, monitor: AttemptMonitor
) -> PipelineState:
    """Set the text of each window, and the language.

    Raises `UnknownLanguage` if the model does not support the language, and `InvalidOption` if it
    does not support the task.
    """
    model = context.engine.speech_recognizer(state.preset)
    _check_supported(state, model)
    language, probability = _language(state, model)
    decoding, warnings = model.clamp(_decoding(state, language))
    texts, from_checkpoint = _texts(
        state,
        model,
        decoding,
        on_progress=lambda done: monitor.report_progress("transcribe", done),
        checkpoint=context.checkpoint,
    )
    window_texts = (
        WindowText(window=window, text=normalize(text.text), avg_logprob=round(text.avg_logprob, 4))
        for window, text in ((window, texts[window_key(window)]) for window in state.windows)
    )
    transcribed = replace(
        state,
        language=language,
        language_probability=probability,
        window_texts=tuple(one for one in window_texts if one.text),
        provenance={
            **state.provenance,
            **({"windows_from_checkpoint": from_checkpoint} if from_checkpoint else {}),
        },
    )
    doubts = [(window, texts[window_key(window)].doubt) for window in state.windows]
    return transcribed.warn(
        *warnings, *doubt_warnings(doubts), *recording_warnings(transcribed.window_texts)
    )


def _texts(
    state: PipelineState,
    model: SpeechRecognizer,
    decoding: Decoding,
    *,
    on_progress: OnProgress,
    checkpoint: Checkpoint,
) -> tuple[dict[str, DecodedText], int]:
    """Return all texts by window, and the number of those from an earlier attempt.

    New texts go to the checkpoint.
    """
    saved = checkpoint.load(state.preset, decoding)
    windows = [window for window in state.windows if window_key(window) not in saved]
    from_checkpoint = len(state.windows) - len(windows)
    done = from_checkpoint / max(len(state.windows), 1)
    texts = model.transcribe(
        [cut_window(state.waveform, one) for one in windows],
        decoding,
        on_progress=lambda fraction: on_progress(done + (1 - done) * fraction),
        on_text=lambda number, text: checkpoint.record(window_key(windows[number]), text),
    )
    new = {window_key(window): text for window, text in zip(windows, texts, strict=True)}
    return {**saved, **new}, from_checkpoint


def _check_supported(state: PipelineState, model: SpeechRecognizer) -> None:
    options, preset = state.options, state.preset
    if options.task == "translate" and len(model.languages) == 1:
        raise InvalidOption(
            f"task: the speech model of {preset.name} has one language and cannot translate; leave"
            " task out"
        )
    languages = set(preset.languages) & model.languages if preset.languages else model.languages
    if options.language is not None and options.language not in languages:
        raise UnknownLanguage(
            f"language: {preset.name} does not support {NAMES[options.language]}; use one of"
            f" {', '.join(sorted(languages))}"
        )


def _language(state: PipelineState, model: SpeechRecognizer) -> tuple[str, float | None]:
    """Return the caller's language, else the only one of the preset or model, else detect it."""
    if state.options.language is not None:
        return state.options.language, None
    if len(state.preset.languages) == 1:
        return state.preset.languages[0], None
    if len(model.languages) == 1:
        return next(iter(model.languages)), None
    return _likeliest(model.detect_language(_first_speech(state)), state.preset.languages)


def _likeliest(
    found: Sequence[tuple[str, float]], allowed: Sequence[str]
) -> tuple[str, float | None]:
    language, probability = next(one for one in found if not allowed or one[0] in allowed)
    return language, round(probability, 4)


def _first_speech(state: PipelineState) -> Samples:
    """Return the audio for language detection: the first window, or the start if there is none."""
    if not state.windows:
        return state.waveform.cut(0, 0.0, _DETECTION_S)
    return cut_window(state.waveform, state.windows[0])


_DECODING_FIELDS = {
    "beam_size": "beam_size",
    "patience": "patience",
    "length_penalty": "length_penalty",
    "suppress_numerals": "suppress_numerals",
    "temperature": "temperature",
    "temperature_increment_on_fallback": "temperature_increment",
    "compression_ratio_threshold": "compression_ratio_threshold",
    "logprob_threshold": "logprob_threshold",
    "no_speech_threshold": "no_speech_threshold",
}
"""Options and the fields of `Decoding` that they set."""


def _decoding(state: PipelineState, language: str) -> Decoding:
    options = state.options
    overrides = {
        field: getattr(options, name)
        for name, field in _DECODING_FIELDS.items()
        if getattr(options, name) is not None
    }
    if options.suppress_tokens is not None:
        overrides["suppress_tokens"] = tuple(map(int, options.suppress_tokens.split(",")))
    return Decoding(
        language=language,
        task=options.task,
        initial_prompt=_unless_blank(options.initial_prompt),
        hotwords=_unless_blank(options.hotwords),
        **overrides,
    )


def _unless_blank(text: str | None) -> str | None:
    """Return `None` for a blank prompt, which the model would take for speech."""
    return text if text and text.strip() else None
