"""Compares transcripts and their times with the reference."""

from dataclasses import dataclass, field

import jiwer
import numpy as np
from pyannote.core import Annotation, Segment, Timeline
from pyannote.metrics.diarization import DiarizationErrorRate

from training.dialogues import Dialogue
from training.espeak import SpokenWord
from training.listener import HeardWord

COLLAR_S = 0.25
"""Speaker errors within this distance of a turn's edge are not counted."""


@dataclass
class WordScore:
    """Word errors, and the time errors of correct words."""

    said: list[str] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)
    start_errors_s: list[float] = field(default_factory=list)
    end_errors_s: list[float] = field(default_factory=list)

    def add(self, said: tuple[SpokenWord, ...], heard: list[HeardWord]) -> None:
        """Count one recording."""
        self.said.append(" ".join(word.text for word in said))
        self.heard.append(" ".join(word.text for word in heard))
        for true, found in right_words(said, heard):
            self.start_errors_s.append(abs(found.start_s - true.start_s))
            self.end_errors_s.append(abs(found.end_s - true.end_s))

    def wer(self) -> float:
        """Word error rate over everything added."""
        return float(jiwer.wer(self.said, self.heard))

    def median_start_error_s(self) -> float:
        """The median error of the starts of correct words, in seconds."""
        return float(np.median(self.start_errors_s))

    def exact(self) -> float:
        """Share of recordings without any error."""
        pairs = zip(self.said, self.heard, strict=True)
        return float(np.mean([said == heard for said, heard in pairs]))


def right_words(
    said: tuple[SpokenWord, ...], heard: list[HeardWord]
) -> list[tuple[SpokenWord, HeardWord]]:
    """Pairs of words that the best alignment calls equal."""
    if not heard:
        return []
    output = jiwer.process_words(
        " ".join(word.text for word in said), " ".join(word.text for word in heard)
    )
    return [
        (said[chunk.ref_start_idx + step], heard[chunk.hyp_start_idx + step])
        for chunk in output.alignments[0]
        if chunk.type == "equal"
        for step in range(chunk.ref_end_idx - chunk.ref_start_idx)
    ]


def diarization_metric() -> DiarizationErrorRate:
    """Return the DER metric with a collar of `COLLAR_S` on both sides of every edge."""
    return DiarizationErrorRate(collar=2 * COLLAR_S)


def annotation(turns: list[tuple[float, float, str]]) -> Annotation:
    """Turns (start, end, speaker) as pyannote writes them."""
    result = Annotation()
    for number, (start_s, end_s, speaker) in enumerate(turns):
        result[Segment(start_s, end_s), number] = speaker
    return result


def diarization_error(metric: DiarizationErrorRate, true: Annotation, found: Annotation) -> float:
    """Add one recording to the metric; returns the error of this one."""
    extent = true.get_timeline().extent() | found.get_timeline().extent()
    return float(metric(true, found, uem=Timeline([extent])))


def truth(dialogue: Dialogue) -> Annotation:
    """The turns of a synthetic dialogue."""
    return annotation([(t.start_s, t.end_s, str(t.speaker)) for t in dialogue.turns])
