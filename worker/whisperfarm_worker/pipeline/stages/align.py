"""align: a time for every word, and one segment for each sentence."""

from collections.abc import Sequence
from dataclasses import replace

from whisperfarm_contract.languages import NAMES
from whisperfarm_contract.transcript import Segment, Word
from whisperfarm_worker.attempt.monitor import AttemptMonitor
from whisperfarm_worker.engines.port import Aligner, AlignmentInput
from whisperfarm_worker.pipeline.context import StageContext
from whisperfarm_worker.pipeline.postprocess import sentences
from whisperfarm_worker.pipeline.postprocess.interpolation import fill
from whisperfarm_worker.pipeline.postprocess.segments import split_segment
from whisperfarm_worker.pipeline.postprocess.sorting import clamp_times
from whisperfarm_worker.pipeline.postprocess.tokenization import split_words
from whisperfarm_worker.pipeline.state import ChunkText, PipelineState


def align(state: PipelineState, context: StageContext, monitor: AttemptMonitor) -> PipelineState:
    """Set `segments`. All their words have times; the text of the speech model is unchanged.

    Words that no aligner has timed are spread over the speech and marked as interpolated.
    """
    aligner, warnings = _aligner(state, context)
    words_of_chunks = [tuple(split_words(one.text, state.language)) for one in state.chunk_texts]
    timed: Sequence[Sequence[Word | None]] = [[None] * len(words) for words in words_of_chunks]
    if aligner is not None:
        timed = aligner.align(
            [
                _alignment_input(state, chunk_text, words)
                for chunk_text, words in zip(state.chunk_texts, words_of_chunks, strict=True)
            ],
            on_progress=lambda done: monitor.report_progress("align", done),
        )
    segments = [
        segment
        for chunk_text, words, times in zip(state.chunk_texts, words_of_chunks, timed, strict=True)
        for segment in _segments(state, chunk_text, fill(words, times, chunk_text.window.regions))
    ]
    timed_by = {} if aligner is None else {"aligner": aligner.name}
    provenance = {**state.provenance, **timed_by}
    return replace(state, segments=tuple(segments), provenance=provenance).warn(*warnings)


def _aligner(state: PipelineState, context: StageContext) -> tuple[Aligner | None, list[str]]:
    requested = state.options.align
    if not (state.preset.align if requested is None else requested) or not state.chunk_texts:
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
    state: PipelineState, chunk_text: ChunkText, words: tuple[str, ...]
) -> AlignmentInput:
    # Rounded to milliseconds as in WhisperX, so that the word times are the same.
    start, end = round(chunk_text.window.start, 3), round(chunk_text.window.end, 3)
    samples = state.waveform.cut(chunk_text.window.channel, start, end)
    return AlignmentInput(samples=samples, start=start, end=end, words=words)


def _segments(state: PipelineState, chunk_text: ChunkText, words: Sequence[Word]) -> list[Segment]:
    """Return one segment for each sentence of a window."""
    ordered = clamp_times(
        words, start=chunk_text.window.start, end=min(chunk_text.window.end, state.waveform.seconds)
    )
    segment = Segment(
        start=chunk_text.window.start,
        end=chunk_text.window.end,
        text=chunk_text.text,
        words=ordered,
        avg_logprob=chunk_text.avg_logprob,
        channel=chunk_text.window.channel if state.speaker_per_channel else None,
    )
    return split_segment(segment, sentences.group(chunk_text.text, ordered, state.language))
