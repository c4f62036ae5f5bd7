"""Word times by forced alignment: the models and the times of WhisperX, in batches."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from whisperfarm_contract.transcript import Word
from whisperfarm_worker.engines import ctc
from whisperfarm_worker.engines.fair_semaphore import FairSemaphore
from whisperfarm_worker.engines.port import AlignmentInput, OnProgress
from whisperfarm_worker.engines.whisperx.emissions import Emissions
from whisperfarm_worker.engines.whisperx.vocabulary import EncodedText, Vocabulary

_BATCH_SAMPLES = 120 * 16_000
"""Two minutes of audio in one batch, padding included."""


class CtcAligner:
    """Aligner for one language."""

    warning: str | None = None

    def __init__(
        self,
        name: str,
        model: Any,
        columns: dict[str, int],
        *,
        device: str,
        semaphore: FairSemaphore,
        spaced: bool,
    ) -> None:
        self.name = name
        self._emissions = Emissions(model, device)
        self._vocabulary = Vocabulary(columns, spaced=spaced)
        self._semaphore = semaphore

    def align(
        self, windows: Sequence[AlignmentInput], *, on_progress: OnProgress
    ) -> list[list[Word | None]]:
        timed: list[list[Word | None]] = [[None] * len(window.words) for window in windows]
        done = 0
        for numbers in self._batches(windows):
            batch = [windows[number] for number in numbers]
            words_of_each = self._batch(batch, partial(on_progress, done / len(windows)))
            for number, words in zip(numbers, words_of_each, strict=True):
                timed[number] = words
            done += len(numbers)
        return timed

    def _batches(self, windows: Sequence[AlignmentInput]) -> Iterator[list[int]]:
        """Yield batches of the inputs with words, as indexes; similar lengths share a batch."""
        numbers = [number for number, window in enumerate(windows) if window.words]
        numbers.sort(key=lambda number: len(windows[number].samples))
        batch: list[int] = []
        for number in numbers:
            samples = (len(batch) + 1) * len(windows[number].samples)
            if batch and (samples > _BATCH_SAMPLES or not self._emissions.can_batch):
                yield batch
                batch = []
            batch.append(number)
        if batch:
            yield batch

    def _batch(
        self, windows: Sequence[AlignmentInput], report: Callable[[], None]
    ) -> list[list[Word | None]]:
        with self._semaphore:
            report()  # after the wait for a slot, so that a job cancelled meanwhile ends here
            found = self._emissions([window.samples for window in windows])
        texts = [self._vocabulary.encode(window.words) for window in windows]
        ctc_inputs = [
            self._ctc_input(one, encoded) for one, encoded in zip(found, texts, strict=True)
        ]
        return [
            _words(window, encoded, spans, frames=one.frames)
            for window, encoded, one, spans in zip(
                windows, texts, ctc_inputs, ctc.align(ctc_inputs), strict=True
            )
        ]

    def _ctc_input(self, probabilities: NDArray[np.float32], encoded: EncodedText) -> ctc.CtcInput:
        return ctc.CtcInput(
            blank=probabilities[:, self._vocabulary.blank],
            tokens=self._vocabulary.log_probabilities(probabilities, encoded.tokens),
        )


def _words(
    window: AlignmentInput, encoded: EncodedText, spans: list[ctc.Span] | None, *, frames: int
) -> list[Word | None]:
    """Return the words with the times of their characters; all `None` without `spans`."""
    if spans is None:
        return [None] * len(window.words)
    spans_of_words: list[list[ctc.Span]] = [[] for _ in window.words]
    for span, word_index in zip(spans, encoded.word_indexes, strict=True):
        if word_index >= 0:
            spans_of_words[word_index].append(span)
    frame_s = (window.end - window.start) / frames
    return [
        _word(
            text,
            spans_of_words[number],
            start=window.start,
            frame_s=frame_s,
            is_known=encoded.is_known[number],
        )
        for number, text in enumerate(window.words)
    ]


def _word(
    text: str, spans: Sequence[ctc.Span], *, start: float, frame_s: float, is_known: bool
) -> Word:
    return Word(
        text=text,
        start=round(spans[0].start * frame_s + start, 3),
        end=round(spans[-1].end * frame_s + start, 3),
        score=round(sum(span.score for span in spans) / len(spans), 3) if is_known else None,
        interpolated=not is_known,
    )
