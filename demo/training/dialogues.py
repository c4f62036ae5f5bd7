"""Conversations: who speaks when, with the audio to go with it."""

import random
from dataclasses import dataclass

import numpy as np

from training.augment import Audio
from training.corpus import Corpus
from training.espeak import SAMPLE_RATE_HZ, SpokenWord, Utterance
from training.voices import FEMALE
from training.windows import FULL_SCALE


@dataclass(frozen=True)
class Turn:
    """One phrase of one speaker, times in seconds."""

    speaker: int
    start_s: float
    end_s: float
    words: tuple[SpokenWord, ...]


@dataclass(frozen=True)
class Dialogue:
    """A recording of some speakers, mono, 16 kHz, -1 to 1."""

    audio: Audio
    turns: tuple[Turn, ...]


class Cast:
    """A corpus whose utterances can be asked for by speaker."""

    def __init__(self, corpus: Corpus) -> None:
        self.corpus = corpus
        self._lines: dict[tuple[str, int, int], list[int]] = {}
        for number in range(len(corpus)):
            who = corpus.speaker(number)
            key = (who.voice, who.speed_wpm, who.pitch)
            self._lines.setdefault(key, []).append(number)
        self.speakers = tuple(self._lines)

    def line(self, speaker: int, rng: random.Random) -> int:
        """The number of some utterance of this speaker."""
        return rng.choice(self._lines[self.speakers[speaker]])

    def variant(self, speaker: int) -> str:
        """The timbre, such as `m3`: the same in every accent."""
        return self.speakers[speaker][0].partition("+")[2]

    def is_female(self, speaker: int) -> bool:
        """Whether the timbre is one of f1 to f5; a voice without a variant is a man's."""
        return self.variant(speaker) in FEMALE


def draw_dialogue(cast: Cast, rng: random.Random, *, who: list[int], turns: int) -> Dialogue:
    """Turns of some speakers, who let each other finish."""
    current = rng.choice(who)
    end_s = rng.uniform(0, 0.5)
    placed: list[tuple[int, float, Utterance]] = []
    for _ in range(turns):
        utterance = cast.corpus[cast.line(current, rng)]
        start_s = max(0.0, end_s + rng.uniform(0.05, 0.9))
        end_s = start_s + len(utterance.samples) / SAMPLE_RATE_HZ
        placed.append((current, start_s, utterance))
        if rng.random() < 0.75:
            current = rng.choice([one for one in who if one != current] or who)
    return Dialogue(mixed(placed), tuple(turn_of(*one) for one in placed))


def mixed(placed: list[tuple[int, float, Utterance]]) -> Audio:
    """All utterances, each from its own second on, in one mono recording."""
    ends = [int(start_s * SAMPLE_RATE_HZ) + len(one.samples) for _, start_s, one in placed]
    audio = np.zeros(max(ends), np.float32)
    for (_, _, utterance), end in zip(placed, ends, strict=True):
        audio[end - len(utterance.samples) : end] += utterance.samples / np.float32(FULL_SCALE)
    return np.clip(audio, -1, 1)


def turn_of(speaker: int, start_s: float, utterance: Utterance) -> Turn:
    """The turn that an utterance becomes when it starts at `start_s`."""
    words = tuple(
        SpokenWord(word.text, word.start_s + start_s, word.end_s + start_s)
        for word in utterance.words
    )
    return Turn(speaker, start_s, start_s + len(utterance.samples) / SAMPLE_RATE_HZ, words)


def draw_speakers(cast: Cast, rng: random.Random, count: int) -> list[int]:
    """Speakers no two of whom share a timbre."""
    chosen: list[int] = []
    while len(chosen) < count:
        speaker = rng.randrange(len(cast.speakers))
        if cast.variant(speaker) not in {cast.variant(one) for one in chosen}:
            chosen.append(speaker)
    return chosen


def draw_man_and_woman(cast: Cast, rng: random.Random) -> list[int]:
    """Two speakers as most samples have them."""
    everyone = range(len(cast.speakers))
    women = [speaker for speaker in everyone if cast.is_female(speaker)]
    men = [speaker for speaker in everyone if not cast.is_female(speaker)]
    return [rng.choice(men), rng.choice(women)]
