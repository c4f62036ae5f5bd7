"""CTC forced alignment: finds the frames in which each token of a known text is spoken.

Trellis and backtracking are those of WhisperX 3.8.6 (`get_trellis`, `backtrack`, `merge_repeats`,
after torchaudio's forced alignment tutorial), so the times are the same. Here, the trellises of a
batch are computed together, and backtracking follows the decisions stored in them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Span:
    """The frames of a token, `end` exclusive, and the mean of their probabilities, 0 to 1."""

    start: int
    end: int
    score: float


@dataclass(frozen=True, slots=True)
class CtcInput:
    """Log probabilities for one text: `blank` has shape (frames,), `tokens` (frames, tokens)."""

    blank: Floats
    tokens: Floats

    @property
    def frames(self) -> int:
        return int(self.tokens.shape[0])

    @property
    def length(self) -> int:
        """Number of tokens in the text."""
        return int(self.tokens.shape[1])


def align(inputs: Sequence[CtcInput]) -> list[list[Span] | None]:
    """Return the span of each token of each input, or `None` if its frames are too few."""
    if not inputs:
        return []
    advanced, ends = _forward(inputs)
    return [
        None if end == 0 else _spans(item, _backtrack(advanced[:end, number], item.length), end)
        for number, (item, end) in enumerate(zip(inputs, ends, strict=True))
    ]


def _forward(inputs: Sequence[CtcInput]) -> tuple[NDArray[np.bool_], list[int]]:
    """Compute the trellises.

    Returns whether the best path enters a token in a frame, of shape (frames, inputs, tokens),
    and for each input the frame after its last token, 0 if there is no path.
    """
    blank, tokens = _pad(inputs)
    frames, count, max_tokens = tokens.shape
    lengths = np.array([item.length for item in inputs])
    row_indexes = np.arange(count)
    score = np.full((count, max_tokens + 1), -np.inf, dtype=np.float32)
    score[:, 0] = 0.0
    advanced = np.empty((frames, count, max_tokens), dtype=np.bool_)
    final = np.full((frames + 1, count), -np.inf, dtype=np.float32)
    for frame in range(frames):
        stayed = score + blank[frame][:, None]
        advance = score[:, :-1] + tokens[frame]
        np.greater(advance, stayed[:, 1:], out=advanced[frame])
        np.maximum(stayed[:, 1:], advance, out=stayed[:, 1:])
        score = stayed
        final[frame + 1] = score[row_indexes, lengths]
    for number, item in enumerate(inputs):
        final[item.frames + 1 :, number] = -np.inf
    best = final.argmax(axis=0)
    return advanced, [int(end) if final[end, row] > -np.inf else 0 for row, end in enumerate(best)]


def _pad(inputs: Sequence[CtcInput]) -> tuple[Floats, Floats]:
    """Stack all inputs. The padding comes after the values, so it never affects them."""
    frames = max(item.frames for item in inputs)
    max_tokens = max(item.length for item in inputs)
    blank = np.zeros((frames, len(inputs)), dtype=np.float32)
    tokens = np.zeros((frames, len(inputs), max_tokens), dtype=np.float32)
    for number, item in enumerate(inputs):
        blank[: item.frames, number] = item.blank
        tokens[: item.frames, number, : item.length] = item.tokens
    return blank, tokens


def _backtrack(advanced: NDArray[np.bool_], length: int) -> list[int]:
    """Return the first frame of each token."""
    starts = [0] * length
    token = length - 1
    for frame in range(len(advanced) - 1, -1, -1):
        if advanced[frame, token]:
            starts[token] = frame
            token -= 1
            if token < 0:
                break
    return starts


def _spans(item: CtcInput, starts: list[int], end: int) -> list[Span]:
    """Return the spans. A token lasts until the next one starts; its score is the mean over its
    frames."""
    blank_sums = np.concatenate([[0.0], np.cumsum(np.exp(item.blank, dtype=np.float64))])
    spans = []
    for token, (start, stop) in enumerate(zip(starts, [*starts[1:], end], strict=True)):
        first = float(np.exp(item.tokens[start, token]))
        total = first + float(blank_sums[stop] - blank_sums[start + 1])
        spans.append(Span(start, stop, total / (stop - start)))
    return spans
