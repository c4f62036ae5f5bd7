"""Converts words to the characters of an alignment model."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_BLANKS = ("[pad]", "<pad>")
_SPACE = "|"


@dataclass(frozen=True, slots=True)
class EncodedText:
    """The tokens of a text, and for each the index of its word, -1 between words.

    `is_known` says for each word whether the model knows any of its characters. A word without one
    is placed by its neighbours alone.
    """

    tokens: list[int]
    word_indexes: list[int]
    is_known: list[bool]


class Vocabulary:
    """The vocabulary of an alignment model: maps lower-case characters to columns."""

    def __init__(self, columns: Mapping[str, int], *, spaced: bool) -> None:
        self._columns = columns
        self._space = columns.get(_SPACE) if spaced else None
        self.blank = next((columns[name] for name in _BLANKS if name in columns), 0)
        # The column after the last one stands for all unknown characters.
        self._unknown = max(columns.values()) + 1

    def encode(self, words: Sequence[str]) -> EncodedText:
        """Return the tokens of these words."""
        pairs = list(self._pairs(words))
        return EncodedText(
            tokens=[token for token, _ in pairs],
            word_indexes=[word_index for _, word_index in pairs],
            is_known=[any(char.lower() in self._columns for char in word) for word in words],
        )

    def log_probabilities(
        self, emissions: NDArray[np.float32], tokens: Sequence[int]
    ) -> NDArray[np.float32]:
        """Return the log probability of each token in each frame, of shape (frames, tokens).

        `emissions` are log probabilities of shape (frames, characters). An unknown character
        is as probable as the most probable known one, as in WhisperX, so that digits and symbols
        are placed by their neighbours.
        """
        best = np.delete(emissions, self.blank, axis=1).max(axis=1)
        table = np.column_stack([emissions[:, : self._unknown], best])
        chosen: NDArray[np.float32] = table[:, tokens]
        return chosen

    def _pairs(self, words: Sequence[str]) -> Iterator[tuple[int, int]]:
        for number, word in enumerate(words):
            if number and self._space is not None:
                yield self._space, -1
            for char in word:
                yield self._columns.get(char.lower(), self._unknown), number
