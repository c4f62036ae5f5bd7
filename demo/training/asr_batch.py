"""Batches for the recogniser: log-mel windows, tokens and the position of each word."""

import random
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch.nn.functional import pad
from torch.utils.data import IterableDataset
from whisperx.audio import log_mel_spectrogram

from training.corpus import Corpus
from training.espeak import SAMPLE_RATE_HZ
from training.vocabulary import WORDS
from training.windows import Window, draw_window

FRAMES_PER_SECOND = 50
"""Encoder positions per second: two mel frames of 10 ms each."""

SHORTEST_S, SILENCE_S = 2.5, 0.2
"""Shortest window, and the silence that follows every window in full detail."""

IGNORED = -100


@dataclass(frozen=True)
class AsrBatch:
    """B windows of T encoder positions and at most N tokens."""

    mel: torch.Tensor
    """float32 (B, 80, 2 T)"""
    frame_labels: torch.Tensor
    """int64 (B, T): 0 for silence, else 1 + the word's place in the vocabulary"""
    tokens: torch.Tensor
    """int64 (B, N): what the decoder is given, from <|startoftranscript|> on"""
    targets: torch.Tensor
    """int64 (B, N): the expected output, IGNORED where there is none"""
    spans: torch.Tensor
    """float32 (B, N, 2): first and last position of the expected word, or (-1, -1)"""


@dataclass(frozen=True)
class Stage:
    """One step of the curriculum."""

    name: str
    steps: int
    longest_s: float
    """Longest window of speech."""
    batch_s: float
    """Seconds of audio in a batch: the shorter its windows, the more of them."""
    peak_rate: float
    final_rate: float


class AsrBatches(IterableDataset[AsrBatch]):
    """An endless, seeded stream of batches for one stage."""

    def __init__(self, corpus: Corpus, stage: Stage, tokens: "TokenTable", *, seed: int) -> None:
        self._corpus, self._stage, self._tokens, self._seed = corpus, stage, tokens, seed

    def __iter__(self) -> Iterator[AsrBatch]:
        rng = random.Random(self._seed)
        torch.set_num_threads(1)
        while True:
            yield self._batch(rng)

    def _batch(self, rng: random.Random) -> AsrBatch:
        """Return windows of similar length, so that little of the batch is padding."""
        window_s = round(rng.uniform(SHORTEST_S, self._stage.longest_s), 1)
        windows = [
            draw_window(self._corpus, rng, longest_s=window_s)
            for _ in range(round(self._stage.batch_s / window_s))
        ]
        return collate(windows, self._tokens, window_s=window_s + SILENCE_S)


@dataclass(frozen=True)
class TokenTable:
    """Token numbers that batches are made of."""

    words: dict[str, int]
    start: int
    no_timestamps: int
    end: int


def collate(windows: list[Window], table: TokenTable, *, window_s: float) -> AsrBatch:
    """Pad windows to `window_s` and add the expected output."""
    positions = round(window_s * FRAMES_PER_SECOND)
    longest = max(len(window.words) for window in windows) + 2
    samples = int(window_s * SAMPLE_RATE_HZ)
    rows = [_row(window, table, positions, longest) for window in windows]
    labels, tokens, targets, spans = (torch.stack(column) for column in zip(*rows, strict=True))
    mel = torch.stack([_mel(window, samples) for window in windows])
    return AsrBatch(mel, labels, tokens, targets, spans)


def _mel(window: Window, samples: int) -> torch.Tensor:
    audio = torch.from_numpy(window.audio)
    return log_mel_spectrogram(pad(audio, (0, samples - len(audio))), n_mels=80)


def _row(
    window: Window, table: TokenTable, positions: int, longest: int
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
    labels = torch.zeros(positions, dtype=torch.long)
    tokens = torch.full((longest,), table.end)
    targets = torch.full((longest,), IGNORED)
    spans = torch.full((longest, 2), -1.0)
    ids = [table.words[word.text] for word in window.words]
    tokens[: len(ids) + 2] = torch.tensor([table.start, table.no_timestamps, *ids])
    targets[1 : len(ids) + 2] = torch.tensor([*ids, table.end])
    for place, word in enumerate(window.words, start=1):
        first, last = word.start_s * FRAMES_PER_SECOND, word.end_s * FRAMES_PER_SECOND
        labels[round(first) : max(round(last), round(first) + 1)] = 1 + _PLACE[word.text]
        spans[place] = torch.tensor([first, last])
    return labels, tokens, targets, spans


_PLACE = {word: place for place, word in enumerate(WORDS)}
