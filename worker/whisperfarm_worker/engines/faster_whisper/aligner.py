"""Word times from the speech model's cross-attention between tokens and audio frames."""

from collections.abc import Sequence
from itertools import accumulate, chain
from typing import Any

import numpy as np

from whisperfarm_contract.transcript import Word
from whisperfarm_worker.engines.fair_semaphore import FairSemaphore
from whisperfarm_worker.engines.port import AlignmentInput, Decoding, OnProgress
from whisperfarm_worker.engines.whisper.model import Whisper
from whisperfarm_worker.pipeline.postprocess.tokenization import UNSPACED

_FRAME_S = 0.02
_MEL_FRAME_SAMPLES = 160
_MAX_TOKENS = 440
"""The text tokens that fit in Whisper's context beside its special tokens."""

_MEDIAN_FRAMES = 7
"""Width of the median filter over the attention weights, as in Whisper itself."""


class AttentionAligner:
    """Aligner for one language that reads a speech model's attention."""

    name = "the attention of the speech model"
    warning = (
        "word times come from the speech model's attention and are less exact than those of an"
        " alignment model"
    )

    def __init__(
        self, model: Whisper, *, language: str, semaphore: FairSemaphore, batch_size: int
    ) -> None:
        self._model = model
        self._tokenizer = model.tokenizer(Decoding(language=language))
        self._gap = "" if language in UNSPACED else " "
        self._semaphore = semaphore
        self._batch_size = batch_size

    def align(
        self, windows: Sequence[AlignmentInput], *, on_progress: OnProgress
    ) -> list[list[Word | None]]:
        timed: list[list[Word | None]] = [[None] * len(window.words) for window in windows]
        tokens = [self._tokens(window) for window in windows]
        numbers = [
            number
            for number, tokens_of_window in enumerate(tokens)
            if 0 < _count(tokens_of_window) <= _MAX_TOKENS
        ]
        for first in range(0, len(numbers), self._batch_size):
            batch = numbers[first : first + self._batch_size]
            with self._semaphore:
                on_progress(first / len(numbers))
                found = self._alignments([(windows[one], tokens[one]) for one in batch])
            for number, alignment in zip(batch, found, strict=True):
                timed[number] = _words(windows[number], tokens[number], alignment)
        return timed

    def _tokens(self, window: AlignmentInput) -> list[list[int]]:
        """Return the tokens of each word."""
        return [self._tokenizer.encode(self._gap + word) for word in window.words]

    def _alignments(self, batch: Sequence[tuple[AlignmentInput, list[list[int]]]]) -> Any:
        return self._model.align(
            [window.samples for window, _ in batch],
            [list(chain.from_iterable(tokens)) for _, tokens in batch],
            self._tokenizer,
            frames=[len(window.samples) // _MEL_FRAME_SAMPLES for window, _ in batch],
            median_frames=_MEDIAN_FRAMES,
        )


def _count(tokens: Sequence[Sequence[int]]) -> int:
    return sum(map(len, tokens))


def _words(
    window: AlignmentInput, tokens: Sequence[Sequence[int]], found: Any
) -> list[Word | None]:
    """Time each word from where the path enters its first token to where it leaves its last."""
    token_numbers, frames = np.array(found.alignments).T
    times = frames[np.diff(token_numbers, prepend=-1) > 0] * _FRAME_S
    ends = list(accumulate(map(len, tokens), initial=0))
    return [
        _word(text, times[first], times[last], found.text_token_probs[first:last], window)
        if last > first
        else None
        for text, first, last in zip(window.words, ends[:-1], ends[1:], strict=True)
    ]


def _word(
    text: str, start: float, end: float, probabilities: Sequence[float], window: AlignmentInput
) -> Word:
    return Word(
        text=text,
        start=round(float(window.start + start), 3),
        end=round(min(float(window.start + end), window.end), 3),
        score=round(float(np.mean(probabilities)), 3),
    )
