"""align: a time for every word, and one segment for each sentence."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from whisperfarm_contract.languages import NAMES
from whisperfarm_contract.transcript import Segment, Word
from whisperfarm_worker.attempt.monitor import AttemptMonitor
from whisperfarm_worker.engines.port import Aligner, AlignmentInput, OnProgress
from whisperfarm_worker.pipeline.context import StageContext
from whisperfarm_worker.pipeline.levels.gain import cut_window
from whisperfarm_worker.pipeline.postprocess import sentences
from whisperfarm_worker.pipeline.postprocess.hallucinations import (
    drop_hallucinations,
    hallucination_warnings,
)
from whisperfarm_worker.pipeline.postprocess.interpolation import fill
from whisperfarm_worker.pipeline.postprocess.segments import split_segment
from whisperfarm_worker.pipeline.postprocess.sorting import clamp_times
from whisperfarm_worker.pipeline.postprocess.tokenization import split_words
from whisperfarm_worker.pipeline.state import PipelineState, TimeSpan, WindowText

_OWN_TIMES = "the speech model"
"""What the transcript names as the aligner of words that come with their times."""


def align(state: PipelineState, context: StageContext, monitor: AttemptMonitor) -> PipelineState:
    """Set `segments`. All their words have times; the text of the speech model is unchanged.

    Only windows whose text came without times are aligned. Words that are not timed then are spread
    over the speech and marked as interpolated.
    """
    words_of_windows = [
        tuple(split_words(one.text, state.text_language(one))) for one in state.window_texts
    ]
    timed: list[Sequence[Word | None]] = [
        _own_times(one, words)
        for one, words in zip(state.window_texts, words_of_windows, strict=True)
    ]
    untimed = _untimed(timed)
    aligners, warnings = _aligners(state, context, untimed)
    _time(state, aligners, timed, words_of_windows, monitor)
    segments = [
        segment
        for window_text, words, times in zip(
            state.window_texts, words_of_windows, timed, strict=True
        )
        for segment in _segments(state, window_text, fill(words, times, window_text.window.regions))
    ]
    has_own = len(untimed) < len(timed)
    provenance = {**state.provenance, **_provenance(state, aligners, has_own=has_own)}
    aligned = replace(state, segments=tuple(segments), provenance=provenance).warn(*warnings)
    return _without_hallucinations(aligned, has_scores=bool(aligners) or has_own)


def _own_times(window_text: WindowText, words: Sequence[str]) -> Sequence[Word | None]:
    """Return the words with the times that came with the text, if they are its words."""
    own = window_text.words or ()
    return own if [word.text for word in own] == list(words) else [None] * len(words)


def _untimed(timed: Sequence[Sequence[Word | None]]) -> list[int]:
    return [number for number, words in enumerate(timed) if None in words]


def _aligners(
    state: PipelineState, context: StageContext, untimed: Sequence[int]
) -> tuple[Mapping[str, Aligner], list[str]]:
    """Return the aligner of each language of these windows that has one, and a warning for each
    that has none."""
    requested = state.options.align
    if not (state.preset.align if requested is None else requested) or not untimed:
        return {}, []
    if state.options.task == "translate":
        return {}, ["a translation cannot be aligned with the speech: word times are estimates"]
    aligners, warnings = {}, []
    languages = (state.text_language(state.window_texts[number]) for number in untimed)
    for language in dict.fromkeys(languages):
        aligner = context.engine.aligner(state.preset, language)
        if aligner is None:
            warnings.append(
                f"this farm has no aligner for {NAMES.get(language, language)}: word times are"
                " estimates"
            )
            continue
        aligners[language] = aligner
        if aligner.warning:
            warnings.append(aligner.warning)
    return aligners, warnings


def _time(
    state: PipelineState,
    aligners: Mapping[str, Aligner],
    timed: list[Sequence[Word | None]],
    words_of_windows: Sequence[tuple[str, ...]],
    monitor: AttemptMonitor,
) -> None:
    """Time the words of each window of `timed` that has none, by the aligner of its language."""
    untimed = _untimed(timed)
    languages = list(map(state.text_language, state.window_texts))
    for number, (language, aligner) in enumerate(aligners.items()):
        own = [index for index in untimed if languages[index] == language]
        found = aligner.align(
            [
                _alignment_input(state, state.window_texts[index], words_of_windows[index])
                for index in own
            ],
            on_progress=_progress_of(monitor, number, len(aligners)),
        )
        for index, words in zip(own, found, strict=True):
            timed[index] = words


def _progress_of(monitor: AttemptMonitor, number: int, count: int) -> OnProgress:
    return lambda done: monitor.report_progress("align", (number + done) / count)


def _without_hallucinations(state: PipelineState, *, has_scores: bool) -> PipelineState:
    """Drop improbable segments beside silence, if the caller wants that."""
    threshold_s = state.options.hallucination_silence_threshold
    if threshold_s is None or not state.segments:
        return state
    if not has_scores:
        return state.warn(
            "hallucination_silence_threshold has no effect, because no aligner timed the words"
        )
    whole = (TimeSpan(0.0, state.waveform.seconds),)
    kept, dropped = drop_hallucinations(state.segments, threshold_s, state.clips or whole)
    return replace(state, segments=tuple(kept)).warn(*hallucination_warnings(dropped, threshold_s))


def _provenance(
    state: PipelineState, aligners: Mapping[str, Aligner], *, has_own: bool
) -> Mapping[str, object]:
    """Return the name of the aligner; with several languages, also the names by language."""
    names = {language: aligner.name for language, aligner in aligners.items()}
    if not names:
        return {"aligner": _OWN_TIMES} if has_own else {}
    main = names.get(state.language, next(iter(names.values())))
    return {"aligner": main, "aligners": names} if len(names) > 1 else {"aligner": main}


def _alignment_input(
    state: PipelineState, window_text: WindowText, words: tuple[str, ...]
) -> AlignmentInput:
    # Rounded to milliseconds as in WhisperX, so that the word times are the same.
    window = window_text.window
    window = replace(window, start=round(window.start, 3), end=round(window.end, 3))
    samples = cut_window(state.waveform, window)
    return AlignmentInput(samples=samples, start=window.start, end=window.end, words=words)


def _segments(
    state: PipelineState, window_text: WindowText, words: Sequence[Word]
) -> list[Segment]:
    """Return one segment for each sentence of a window."""
    ordered = clamp_times(
        words,
        start=window_text.window.start,
        end=min(window_text.window.end, state.waveform.seconds),
    )
    segment = Segment(
        start=window_text.window.start,
        end=window_text.window.end,
        text=window_text.text,
        words=ordered,
        avg_logprob=window_text.avg_logprob,
        channel=window_text.window.channel if state.speaker_per_channel else None,
        language=window_text.language,
    )
    language = state.text_language(window_text)
    return split_segment(segment, sentences.group(window_text.text, ordered, language))
