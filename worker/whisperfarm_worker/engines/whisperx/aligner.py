"""Word times by forced alignment: the models and the times of WhisperX, in batches."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from whisperfarm_contract.transcript import Word
from whisperfarm_worker.engines import ctc
from whisperfarm_worker.engines.fair_semaphore import Lane
from whisperfarm_worker.engines.port import Passage, Step
from whisperfarm_worker.engines.whisperx.emissions import Emissions
from whisperfarm_worker.engines.whisperx.vocabulary import Characters, Spelling

_BATCH_SAMPLES = 120 * 16_000
"""Two minutes of audio in one batch, padding included."""


class CtcAligner:
    """Aligner for one language."""

    caution: str | None = None

    def __init__(
        self,
        name: str,
        model: Any,
        columns: dict[str, int],
        *,
        device: str,
        lane: Lane,
        spaced: bool,
    ) -> None:
        self.name = name
        self._emissions = Emissions(model, device)
        self._characters = Characters(columns, spaced=spaced)
        self._lane = lane

    def align(self, passages: Sequence[Passage], *, step: Step) -> list[list[Word | None]]:
        timed: list[list[Word | None]] = [[None] * len(passage.words) for passage in passages]
        done = 0
        for numbers in self._batches(passages):
            batch = [passages[number] for number in numbers]
            words_of_each = self._batch(batch, partial(step, done / len(passages)))
            for number, words in zip(numbers, words_of_each, strict=True):
                timed[number] = words
            done += len(numbers)
        return timed

    def _batches(self, passages: Sequence[Passage]) -> Iterator[list[int]]:
        """Yield batches of the passages with words, as indexes; similar lengths share a batch."""
        numbers = [number for number, passage in enumerate(passages) if passage.words]
        numbers.sort(key=lambda number: len(passages[number].samples))
        batch: list[int] = []
        for number in numbers:
            samples = (len(batch) + 1) * len(passages[number].samples)
            if batch and (samples > _BATCH_SAMPLES or not self._emissions.can_batch):
                yield batch
                batch = []
            batch.append(number)
        if batch:
            yield batch

    def _batch(
        self, passages: Sequence[Passage], tell: Callable[[], None]
    ) -> list[list[Word | None]]:
        with self._lane:
            tell()  # after the wait for a slot, so that a job cancelled meanwhile ends here
            found = self._emissions([passage.samples for passage in passages])
        spelled = [self._characters.spell(passage.words) for passage in passages]
        heard = [self._heard(one, spelling) for one, spelling in zip(found, spelled, strict=True)]
        return [
            _words(passage, spelling, spans, frames=one.frames)
            for passage, spelling, one, spans in zip(
                passages, spelled, heard, ctc.align(heard), strict=True
            )
        ]

    def _heard(self, probabilities: NDArray[np.float32], spelling: Spelling) -> ctc.Passage:
        return ctc.Passage(
            blank=probabilities[:, self._characters.blank],
            tokens=self._characters.columns_of(probabilities, spelling.tokens),
        )


def _words(
    passage: Passage, spelling: Spelling, spans: list[ctc.Span] | None, *, frames: int
) -> list[Word | None]:
    """Return the words with the times of their characters; all `None` without `spans`."""
    if spans is None:
        return [None] * len(passage.words)
    own: list[list[ctc.Span]] = [[] for _ in passage.words]
    for span, owner in zip(spans, spelling.owners, strict=True):
        if owner >= 0:
            own[owner].append(span)
    frame_s = (passage.end - passage.start) / frames
    return [
        _word(text, own[number], start=passage.start, frame_s=frame_s, known=spelling.known[number])
        for number, text in enumerate(passage.words)
    ]


def _word(
    text: str, spans: Sequence[ctc.Span], *, start: float, frame_s: float, known: bool
) -> Word:
    return Word(
        text=text,
        start=round(spans[0].start * frame_s + start, 3),
        end=round(spans[-1].end * frame_s + start, 3),
        score=round(sum(span.score for span in spans) / len(spans), 3) if known else None,
        interpolated=not known,
    )
