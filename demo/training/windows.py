"""Windows of speech: several phrases by several voices with pauses between them."""

import random
from dataclasses import dataclass

import numpy as np

from training.augment import Audio, augmented
from training.corpus import Corpus
from training.espeak import SAMPLE_RATE_HZ, SpokenWord, Utterance

FULL_SCALE = 32_768


@dataclass(frozen=True)
class Window:
    """A speech region as voice activity detection returns it."""

    audio: Audio
    """Mono, 16 kHz, -1 to 1."""
    words: tuple[SpokenWord, ...]


def draw_window(corpus: Corpus, rng: random.Random, *, longest_s: float) -> Window:
    """Return a window of at most, and mostly about, `longest_s` seconds with augmented audio."""
    wanted_s = rng.uniform(0.4, 0.95) * longest_s
    window = draw_clean_window(corpus, rng, wanted_s=wanted_s, longest_s=longest_s)
    return Window(augmented(window.audio, rng), window.words)


def draw_clean_window(
    corpus: Corpus, rng: random.Random, *, wanted_s: float, longest_s: float
) -> Window:
    """Phrases until `wanted_s` is reached, never past `longest_s`."""
    pieces: list[Audio] = [_silence(_lead_s(rng))]
    words: list[SpokenWord] = []
    length_s = _seconds(pieces[0])
    while True:
        utterance = _fitting(corpus, rng, room_s=longest_s - length_s)
        if utterance is None:
            break
        pieces.append(_leveled(utterance, rng))
        words.extend(_moved(utterance.words, length_s))
        pieces.append(_silence(_pause_s(rng)))
        length_s += _seconds(pieces[-2]) + _seconds(pieces[-1])
        if length_s >= wanted_s:
            break
    audio = np.concatenate(pieces)[: int(longest_s * SAMPLE_RATE_HZ)]
    return Window(audio, tuple(words))


def _fitting(corpus: Corpus, rng: random.Random, *, room_s: float) -> Utterance | None:
    for _ in range(4):
        utterance = corpus[rng.randrange(len(corpus))]
        if len(utterance.samples) / SAMPLE_RATE_HZ <= room_s:
            return utterance
    return None


def _leveled(utterance: Utterance, rng: random.Random) -> Audio:
    gain = 10 ** (rng.uniform(-6, 3) / 20) / FULL_SCALE
    return utterance.samples.astype(np.float32) * np.float32(gain)


def _moved(words: tuple[SpokenWord, ...], by_s: float) -> list[SpokenWord]:
    return [SpokenWord(word.text, word.start_s + by_s, word.end_s + by_s) for word in words]


def _lead_s(rng: random.Random) -> float:
    """Return the leading silence: WhisperX's detector starts up to 0.7 s early in a file."""
    return rng.uniform(0, 0.1) if rng.random() < 0.5 else rng.uniform(0, 0.7)


def _pause_s(rng: random.Random) -> float:
    """Return a pause: mostly short, sometimes none, rarely long."""
    return min(rng.expovariate(1 / 0.4), 2.5)


def _silence(seconds: float) -> Audio:
    return np.zeros(int(seconds * SAMPLE_RATE_HZ), np.float32)


def _seconds(audio: Audio) -> float:
    return len(audio) / SAMPLE_RATE_HZ
