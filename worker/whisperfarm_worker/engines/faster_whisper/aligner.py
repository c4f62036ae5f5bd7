"""Word times from the speech model's cross-attention between tokens and audio frames."""

from collections.abc import Sequence
from itertools import accumulate, chain
from typing import Any

import numpy as np

from whisperfarm_contract.transcript import Word
from whisperfarm_worker.engines.fair_semaphore import Lane
from whisperfarm_worker.engines.port import Decoding, Passage, Step
from whisperfarm_worker.engines.whisper.speech_model import WhisperSpeechModel
from whisperfarm_worker.pipeline.postprocess.tokenization import UNSPACED

_FRAME_S = 0.02
_MEL_FRAME_SAMPLES = 160
_MOST_TOKENS = 440
"""The text tokens that fit in Whisper's context beside its special tokens."""

_MEDIAN_FRAMES = 7
"""Width of the median filter over the attention weights, as in Whisper itself."""


class AttentionAligner:
    """Aligner for one language that reads a speech model's attention."""

    name = "the attention of the speech model"
    caution = (
        "word times come from the speech model's attention and are less exact than those of an"
        " alignment model"
    )

    def __init__(
        self, model: WhisperSpeechModel, *, language: str, lane: Lane, batch_size: int
    ) -> None:
        self._model = model
        self._tokenizer = model.tokenizer(Decoding(language=language))
        self._gap = "" if language in UNSPACED else " "
        self._lane = lane
        self._batch_size = batch_size

    def align(self, passages: Sequence[Passage], *, step: Step) -> list[list[Word | None]]:
        timed: list[list[Word | None]] = [[None] * len(passage.words) for passage in passages]
        tokens = [self._tokens(passage) for passage in passages]
        numbers = [number for number, own in enumerate(tokens) if 0 < _count(own) <= _MOST_TOKENS]
        for first in range(0, len(numbers), self._batch_size):
            batch = numbers[first : first + self._batch_size]
            with self._lane:
                step(first / len(numbers))
                found = self._found([(passages[one], tokens[one]) for one in batch])
            for number, alignment in zip(batch, found, strict=True):
                timed[number] = _words(passages[number], tokens[number], alignment)
        return timed

    def _tokens(self, passage: Passage) -> list[list[int]]:
        """Return the tokens of each word."""
        return [self._tokenizer.encode(self._gap + word) for word in passage.words]

    def _found(self, batch: Sequence[tuple[Passage, list[list[int]]]]) -> Any:
        return self._model.attention(
            [passage.samples for passage, _ in batch],
            [list(chain.from_iterable(tokens)) for _, tokens in batch],
            self._tokenizer,
            frames=[len(passage.samples) // _MEL_FRAME_SAMPLES for passage, _ in batch],
            median_frames=_MEDIAN_FRAMES,
        )


def _count(tokens: Sequence[Sequence[int]]) -> int:
    return sum(map(len, tokens))


def _words(passage: Passage, tokens: Sequence[Sequence[int]], found: Any) -> list[Word | None]:
    """Time each word from where the path enters its first token to where it leaves its last."""
    places, frames = np.array(found.alignments).T
    times = frames[np.diff(places, prepend=-1) > 0] * _FRAME_S
    ends = list(accumulate(map(len, tokens), initial=0))
    return [
        _word(text, times[first], times[last], found.text_token_probs[first:last], passage)
        if last > first
        else None
        for text, first, last in zip(passage.words, ends[:-1], ends[1:], strict=True)
    ]


def _word(text: str, start: float, end: float, likely: Sequence[float], passage: Passage) -> Word:
    return Word(
        text=text,
        start=round(float(passage.start + start), 3),
        end=round(min(float(passage.start + end), passage.end), 3),
        score=round(float(np.mean(likely)), 3),
    )
