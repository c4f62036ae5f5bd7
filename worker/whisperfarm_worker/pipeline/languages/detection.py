"""The language of each window of an attempt: named by the caller, or detected."""

from collections.abc import Callable

from whisperfarm_worker.attempt.checkpoint import Checkpoint, window_key
from whisperfarm_worker.attempt.checkpoint_parts import Probabilities
from whisperfarm_worker.engines.port import SpeechRecognizer
from whisperfarm_worker.pipeline.languages.allowed import AllowedLanguages
from whisperfarm_worker.pipeline.languages.changes import part_by_part
from whisperfarm_worker.pipeline.languages.channels import once_per_channel
from whisperfarm_worker.pipeline.languages.spoken import SpokenWindow
from whisperfarm_worker.pipeline.levels.gain import cut_window
from whisperfarm_worker.pipeline.state import PipelineState, Samples, Window

_DETECTION_S = 30.0
_MIN = 0.001


def detect_languages(
    state: PipelineState,
    model: SpeechRecognizer,
    allowed: AllowedLanguages,
    *,
    checkpoint: Checkpoint,
    on_poll: Callable[[], None],
) -> list[SpokenWindow]:
    """Return the windows with their languages, cut where the language changes within one.

    Windows whose languages an earlier attempt has detected are taken from the checkpoint. `on_poll`
    is called before each call of the model, and may raise to cancel.
    """
    if allowed.only is not None:
        return [SpokenWindow(window, allowed.only) for window in state.windows]
    if not state.windows:
        return []
    saved = checkpoint.load_languages(state.preset, allowed.codes)

    def detect(window: Window) -> Probabilities:
        key = window_key(window)
        found = saved.get(key)
        if found is None:
            on_poll()
            found = _probabilities(model, cut_window(state.waveform, window), allowed)
            checkpoint.record_language(key, found)
        return found

    return (part_by_part if allowed.may_change else once_per_channel)(state.windows, detect)


def language_without_speech(
    state: PipelineState, model: SpeechRecognizer, allowed: AllowedLanguages
) -> tuple[str, float | None]:
    """Return a language for a recording without speech, which a transcript requires too."""
    if allowed.only is not None:
        return allowed.only, None
    found = _probabilities(model, state.waveform.cut(0, 0.0, _DETECTION_S), allowed)
    language = max(found, key=lambda code: found[code])
    return language, round(found[language], 4)


def _probabilities(
    model: SpeechRecognizer, samples: Samples, allowed: AllowedLanguages
) -> Probabilities:
    """Return the probability of each allowed language, without those that are nearly 0.

    They are rounded, because a checkpoint has those of many windows.
    """
    found = {code: round(value, 4) for code, value in model.detect_language(samples)}
    likely = {code: found[code] for code in allowed.codes if found.get(code, 0.0) >= _MIN}
    return likely or {code: found.get(code, 0.0) for code in allowed.codes}
