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
class Passage:
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


def align(passages: Sequence[Passage]) -> list[list[Span] | None]:
    """Return the span of each token of each passage, or `None` if its frames are too few."""
    if not passages:
        return []
    moved, ends = _forward(passages)
    return [
        None if end == 0 else _spans(passage, _way_back(moved[:end, number], passage.length), end)
        for number, (passage, end) in enumerate(zip(passages, ends, strict=True))
    ]


def _forward(passages: Sequence[Passage]) -> tuple[NDArray[np.bool_], list[int]]:
    """Compute the trellises.

    Returns whether the best path enters a token in a frame, of shape (frames, passages, tokens),
    and for each passage the frame after its last token, 0 if there is no path.
    """
    blank, tokens = _padded(passages)
    frames, count, longest = tokens.shape
    lengths = np.array([passage.length for passage in passages])
    rows = np.arange(count)
    score = np.full((count, longest + 1), -np.inf, dtype=np.float32)
    score[:, 0] = 0.0
    moved = np.empty((frames, count, longest), dtype=np.bool_)
    final = np.full((frames + 1, count), -np.inf, dtype=np.float32)
    for frame in range(frames):
        stay = score + blank[frame][:, None]
        move = score[:, :-1] + tokens[frame]
        np.greater(move, stay[:, 1:], out=moved[frame])
        np.maximum(stay[:, 1:], move, out=stay[:, 1:])
        score = stay
        final[frame + 1] = score[rows, lengths]
    for number, passage in enumerate(passages):
        final[passage.frames + 1 :, number] = -np.inf
    best = final.argmax(axis=0)
    return moved, [int(end) if final[end, row] > -np.inf else 0 for row, end in enumerate(best)]


def _padded(passages: Sequence[Passage]) -> tuple[Floats, Floats]:
    """Stack all passages. The padding comes after the values, so it never affects them."""
    frames = max(passage.frames for passage in passages)
    longest = max(passage.length for passage in passages)
    blank = np.zeros((frames, len(passages)), dtype=np.float32)
    tokens = np.zeros((frames, len(passages), longest), dtype=np.float32)
    for number, passage in enumerate(passages):
        blank[: passage.frames, number] = passage.blank
        tokens[: passage.frames, number, : passage.length] = passage.tokens
    return blank, tokens


def _way_back(moved: NDArray[np.bool_], length: int) -> list[int]:
    """Return the first frame of each token."""
    starts = [0] * length
    token = length - 1
    for frame in range(len(moved) - 1, -1, -1):
        if moved[frame, token]:
            starts[token] = frame
            token -= 1
            if token < 0:
                break
    return starts


def _spans(passage: Passage, starts: list[int], end: int) -> list[Span]:
    """Return the spans. A token lasts until the next one starts; its score is the mean over its
    frames."""
    silent = np.concatenate([[0.0], np.cumsum(np.exp(passage.blank, dtype=np.float64))])
    spans = []
    for token, (start, stop) in enumerate(zip(starts, [*starts[1:], end], strict=True)):
        spoken = float(np.exp(passage.tokens[start, token]))
        total = spoken + float(silent[stop] - silent[start + 1])
        spans.append(Span(start, stop, total / (stop - start)))
    return spans
