"""transcribe: the text of each speech window, and the language."""

from collections.abc import Sequence
from dataclasses import replace

from whisperfarm_contract.languages import NAMES
from whisperfarm_contract.problems import LanguageUnknown, OptionWrong
from whisperfarm_worker.attempt.checkpoint import Checkpoint, place
from whisperfarm_worker.attempt.monitor import Watch
from whisperfarm_worker.engines.port import Decoding, SpeechModel, Step, Text
from whisperfarm_worker.pipeline.context import Tools
from whisperfarm_worker.pipeline.postprocess.tokenization import tidy
from whisperfarm_worker.pipeline.state import Said, Samples, Work

_DETECT_S = 30.0


def transcribe(work: Work, tools: Tools, watch: Watch) -> Work:
    """Set the text of each window, and the language.

    Raises `LanguageUnknown` if the model does not support the language, and `OptionWrong` if it
    does not support the task.
    """
    model = tools.engine.speech_model(work.preset)
    _check(work, model)
    language, probability = _language(work, model)
    decoding, warnings = model.fit(_decoding(work, language))
    texts, recalled = _texts(
        work,
        model,
        decoding,
        step=lambda done: watch.report("transcribe", done),
        checkpoint=tools.checkpoint,
    )
    said = (
        Said(window=window, text=tidy(text.text), avg_logprob=round(text.avg_logprob, 4))
        for window, text in ((window, texts[place(window)]) for window in work.windows)
    )
    heard = replace(
        work,
        language=language,
        language_probability=probability,
        said=tuple(one for one in said if one.text),
        made_with={"windows_from_checkpoint": recalled} if recalled else {},
    )
    return heard.warn(*warnings)


def _texts(
    work: Work, model: SpeechModel, decoding: Decoding, *, step: Step, checkpoint: Checkpoint
) -> tuple[dict[str, Text], int]:
    """Return all texts by window, and the number of those from an earlier attempt.

    New texts go to the checkpoint.
    """
    known = checkpoint.known(work.preset, decoding)
    windows = [window for window in work.windows if place(window) not in known]
    recalled = len(work.windows) - len(windows)
    done = recalled / max(len(work.windows), 1)
    texts = model.transcribe(
        [work.sound.cut(one.channel, one.start, one.end) for one in windows],
        decoding,
        step=lambda share: step(done + (1 - done) * share),
        heard=lambda number, text: checkpoint.heard(place(windows[number]), text),
    )
    new = {place(window): text for window, text in zip(windows, texts, strict=True)}
    return {**known, **new}, recalled


def _check(work: Work, model: SpeechModel) -> None:
    options, preset = work.options, work.preset
    if options.task == "translate" and len(model.languages) == 1:
        raise OptionWrong(
            f"task: the speech model of {preset.name} has one language and cannot translate; leave"
            " task out"
        )
    speaks = set(preset.languages) & model.languages if preset.languages else model.languages
    if options.language is not None and options.language not in speaks:
        raise LanguageUnknown(
            f"language: {preset.name} does not support {NAMES[options.language]}; use one of"
            f" {', '.join(sorted(speaks))}"
        )


def _language(work: Work, model: SpeechModel) -> tuple[str, float | None]:
    """Return the caller's language, else the only one of the preset or model, else detect it."""
    if work.options.language is not None:
        return work.options.language, None
    if len(work.preset.languages) == 1:
        return work.preset.languages[0], None
    if len(model.languages) == 1:
        return next(iter(model.languages)), None
    return _likeliest(model.detect(_first_speech(work)), work.preset.languages)


def _likeliest(
    found: Sequence[tuple[str, float]], among: Sequence[str]
) -> tuple[str, float | None]:
    language, probability = next(one for one in found if not among or one[0] in among)
    return language, round(probability, 4)


def _first_speech(work: Work) -> Samples:
    """Return the audio for language detection: the first window, or the start if there is none."""
    if not work.windows:
        return work.sound.cut(0, 0.0, _DETECT_S)
    first = work.windows[0]
    return work.sound.cut(first.channel, first.start, first.end)


def _decoding(work: Work, language: str) -> Decoding:
    options = work.options
    given = {
        name: getattr(options, name)
        for name in ("beam_size", "patience", "length_penalty", "suppress_numerals")
        if getattr(options, name) is not None
    }
    return Decoding(
        language=language,
        task=options.task,
        initial_prompt=_unless_blank(options.initial_prompt),
        hotwords=_unless_blank(options.hotwords),
        **given,
    )


def _unless_blank(text: str | None) -> str | None:
    """Return `None` for a blank prompt, which the model would take for speech."""
    return text if text and text.strip() else None
