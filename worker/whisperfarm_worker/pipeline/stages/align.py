"""align: a time for every word, and one segment for each sentence."""

from collections.abc import Sequence
from dataclasses import replace

from whisperfarm_contract.languages import NAMES
from whisperfarm_contract.transcript import Segment, Word
from whisperfarm_worker.attempt.monitor import Watch
from whisperfarm_worker.engines.port import Aligner, Passage
from whisperfarm_worker.pipeline.context import Tools
from whisperfarm_worker.pipeline.postprocess import sentences
from whisperfarm_worker.pipeline.postprocess.interpolation import fill
from whisperfarm_worker.pipeline.postprocess.segments import split
from whisperfarm_worker.pipeline.postprocess.sorting import in_order
from whisperfarm_worker.pipeline.postprocess.tokenization import words_of
from whisperfarm_worker.pipeline.state import Said, Work


def align(work: Work, tools: Tools, watch: Watch) -> Work:
    """Set `segments`. All their words have times; the text of the speech model is unchanged.

    Words that no aligner has timed are spread over the speech and marked as interpolated.
    """
    aligner, warnings = _aligner(work, tools)
    spoken = [tuple(words_of(one.text, work.language)) for one in work.said]
    timed: Sequence[Sequence[Word | None]] = [[None] * len(words) for words in spoken]
    if aligner is not None:
        timed = aligner.align(
            [_passage(work, said, words) for said, words in zip(work.said, spoken, strict=True)],
            step=lambda done: watch.report("align", done),
        )
    segments = [
        segment
        for said, words, times in zip(work.said, spoken, timed, strict=True)
        for segment in _segments(work, said, fill(words, times, said.window.stretches))
    ]
    timed_by = {} if aligner is None else {"aligner": aligner.name}
    made_with = {**work.made_with, **timed_by}
    return replace(work, segments=tuple(segments), made_with=made_with).warn(*warnings)


def _aligner(work: Work, tools: Tools) -> tuple[Aligner | None, list[str]]:
    asked = work.options.align
    if not (work.preset.align if asked is None else asked) or not work.said:
        return None, []
    if work.options.task == "translate":
        return None, ["a translation cannot be aligned with the speech: word times are estimates"]
    aligner = tools.engine.aligner(work.preset, work.language)
    if aligner is not None:
        return aligner, [aligner.caution] if aligner.caution else []
    return None, [
        f"this farm has no aligner for {NAMES.get(work.language, work.language)}: word times are"
        " estimates"
    ]


def _passage(work: Work, said: Said, words: tuple[str, ...]) -> Passage:
    # Rounded to milliseconds as in WhisperX, so that the word times are the same.
    start, end = round(said.window.start, 3), round(said.window.end, 3)
    samples = work.sound.cut(said.window.channel, start, end)
    return Passage(samples=samples, start=start, end=end, words=words)


def _segments(work: Work, said: Said, words: Sequence[Word]) -> list[Segment]:
    """Return one segment for each sentence of a window."""
    ordered = in_order(words, start=said.window.start, end=min(said.window.end, work.sound.seconds))
    whole = Segment(
        start=said.window.start,
        end=said.window.end,
        text=said.text,
        words=ordered,
        avg_logprob=said.avg_logprob,
        channel=said.window.channel if work.speaker_per_channel else None,
    )
    return split(whole, sentences.group(said.text, ordered, work.language))
