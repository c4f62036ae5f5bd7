"""Sentences that the demo models know, and where they lie in a recording."""

import threading
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from training.espeak import Synthesizer
from training.voices import Speaker

RATE_HZ = 16_000
TAIL_S = 0.4

Sound = NDArray[np.int16]
"""Mono samples at 16 kHz."""


@dataclass(frozen=True)
class Sentence:
    """A sentence and the voice that speaks it."""

    text: str
    speaker: Speaker

    @property
    def sound(self) -> Sound:
        return _spoken(self)

    @property
    def seconds(self) -> float:
        return len(self.sound) / RATE_HZ


GREETING = Sentence(
    "hello thank you for calling customer support how can i help you today",
    Speaker("en-us+m3", 150, 45),
)
PROBLEM = Sentence(
    "hello i am calling about a problem with my internet line", Speaker("en-gb+f2", 150, 60)
)
ACCOUNT = Sentence(
    "i am sorry about the problem what is your account number please",
    Speaker("en-us+m3", 150, 45),
)
SENTENCES = (GREETING, PROBLEM, ACCOUNT)


@dataclass(frozen=True)
class Spoken:
    """A sentence that starts `start_s` seconds after the start of the recording."""

    sentence: Sentence
    start_s: float = 0.3

    @property
    def end_s(self) -> float:
        return self.start_s + self.sentence.seconds


ONE = (Spoken(GREETING),)
TWO = (Spoken(GREETING), Spoken(PROBLEM, 6.3))
"""Two sentences with a pause of two seconds."""


def any_of(number: int) -> tuple[Spoken, ...]:
    """Return one of the sentences, so that the cases of a table do not all have the same one."""
    return (Spoken(SENTENCES[number % len(SENTENCES)]),)


def sound_of(spoken: tuple[Spoken, ...]) -> Sound:
    """Return the recording of these sentences, with silence around them."""
    seconds = max((one.end_s for one in spoken), default=3.0) + TAIL_S
    samples = np.zeros(round(seconds * RATE_HZ), dtype=np.int16)
    for one in spoken:
        start = round(one.start_s * RATE_HZ)
        samples[start : start + len(one.sentence.sound)] = one.sentence.sound
    return samples


_lock = threading.Lock()
_synthesizer = cache(Synthesizer)


@cache
def _spoken(sentence: Sentence) -> Sound:
    with _lock:
        return _synthesizer().say(sentence.text, sentence.speaker).samples
