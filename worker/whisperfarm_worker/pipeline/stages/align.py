"""align: a time for every word, and one segment for each sentence."""

from collections.abc import Sequence
from dataclasses import replace

from whisperfarm_contract.languages import NAMES
from whisperfarm_contract.transcript import Segment, Word
from whisperfarm_worker.attempt.monitor import AttemptMonitor
from whisperfarm_worker.engines.port import Aligner, AlignmentInput
from whisperfarm_worker.pipeline.context import StageContext
from whisperfarm_worker.pipeline.levels.gain import cut_window
from whisperfarm_worker.pipeline.postprocess import sentences
from whisperfarm_worker.pipeline.postprocess.interpolation import fill
from whisperfarm_worker.pipeline.postprocess.segments import split_segment
from whisperfarm_worker.pipeline.postprocess.sorting import clamp_times
from whisperfarm_worker.pipeline.postprocess.tokenization import split_words
from whisperfarm_worker.pipeline.state import PipelineState, WindowText


def align(state: PipelineState, context: StageContext, monitor: AttemptMonitor) -> PipelineState:
    """Set `segments`. All their words have times; the text of the speech model is unchanged.

    Words that no aligner has timed are spread over the speech and marked as interpolated.
    """
    aligner, warnings = _aligner(state, context)
    words_of_windows = [tuple(split_words(one.text, state.language)) for one in state.window_texts]
    timed: Sequence[Sequence[Word | None]] = [[None] * len(words) for words in words_of_windows]
    if aligner is not None:
        timed = aligner.align(
            [
                _alignment_input(state, window_text, words)
                for window_text, words in zip(state.window_texts, words_of_windows, strict=True)
            ],
            on_progress=lambda done: monitor.report_progress("align", done),
        )
    segments = [
        segment
        for window_text, words, times in zip(
            state.window_texts, words_of_windows, timed, strict=True
        )
        for segment in _segments(state, window_text, fill(words, times, window_text.window.regions))
    ]
    timed_by = {} if aligner is None else {"aligner": aligner.name}
    provenance = {**state.provenance, **timed_by}
    return replace(state, segments=tuple(segments), provenance=provenance).warn(*warnings)


def _aligner(state: PipelineState, context: StageContext) -> tuple[Aligner | None, list[str]]:
    requested = state.options.align
    if not (state.preset.align if requested is None else requested) or not state.window_texts:
        return None, []
    if state.options.task == "translate":
        return None, ["a translation cannot be aligned with the speech: word times are estimates"]
    aligner = context.engine.aligner(state.preset, state.language)
    if aligner is not None:
        return aligner, [aligner.warning] if aligner.warning else []
    return None, [
        f"this farm has no aligner for {NAMES.get(state.language, state.language)}: word times are"
        " estimates"
    ]


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
    )
    return split_segment(segment, sentences.group(window_text.text, ordered, state.language))
