"""Recordings with speech, and when it is spoken."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files

import numpy as np

from tests.support.tones import TONES
from training import augment, samples, wav
from training.dialogues import mixed
from training.espeak import SAMPLE_RATE_HZ, Synthesizer
from training.phrases import draw_sentence
from training.voices import HELD_OUT, Speaker
from whisperfarm_demo import samples_dir
from whisperfarm_worker.pipeline.state import Samples, TimeSpan

CALLS = 12
LINES = 8
_EDGE_S = 1.5
_QUIETER_DB = 34.0


@dataclass(frozen=True, slots=True)
class Recording:
    """A recording of a kind of sound, and the time spans of its words, if there are any."""

    kind: str
    samples: Samples
    words: tuple[TimeSpan, ...] = ()


def recordings() -> Iterator[Recording]:
    """Yield calls between voices of espeak under several conditions, and a recorded call."""
    yield from _sample_calls()
    yield _recorded_call()
    for number, (loud, quiet, words) in enumerate(_calls(Synthesizer())):
        call = (loud + quiet).astype(np.float32)
        rng = random.Random(number)
        quieter = (loud + quiet * 10 ** (-_QUIETER_DB / 20)).astype(np.float32)
        music = augmented_by(call, np.resize(TONES["melody"](), len(call)), below_db=10)
        for kind, heard in {
            "calls": call,
            "the same, 8 kHz µ-law": augment.telephone(call, narrow_band=True),
            "the same, one speaker 34 dB quieter": quieter,
            "the same, noise 20 dB below": augment.with_noise(call, rng, snr_db=20),
            "the same, noise 10 dB below": augment.with_noise(call, rng, snr_db=10),
            "the same, music 10 dB below": music,
        }.items():
            yield Recording(kind, heard, words)


def augmented_by(speech: Samples, sound: Samples, *, below_db: float) -> Samples:
    """Return the speech with a sound whose power is this much lower."""
    level = np.sqrt(np.mean(speech**2) / np.mean(sound**2)) * 10 ** (-below_db / 20)
    return (speech + level * sound).astype(np.float32)


def _calls(synthesizer: Synthesizer) -> Iterator[tuple[Samples, Samples, tuple[TimeSpan, ...]]]:
    """Yield what each of two speakers says in turns, and the words of both."""
    for number in range(CALLS):
        rng = random.Random(number)
        voices = rng.sample(sorted(HELD_OUT), 2)
        speakers = [Speaker(voice, rng.randint(130, 185), rng.randint(35, 65)) for voice in voices]
        start_s, placed, words = _EDGE_S, ([], []), []
        for line in range(LINES):
            said = synthesizer.say(draw_sentence(rng, "held_out"), speakers[line % 2])
            placed[line % 2].append((line % 2, start_s, said))
            words += [TimeSpan(start_s + one.start_s, start_s + one.end_s) for one in said.words]
            start_s += len(said.samples) / SAMPLE_RATE_HZ + rng.uniform(0.3, 2.5)
        length = round((start_s + _EDGE_S) * SAMPLE_RATE_HZ)
        first, second = (_filled(mixed(lines), length) for lines in placed)
        yield first, second, tuple(words)


def _filled(samples: Samples, length: int) -> Samples:
    return np.pad(samples, (0, length - len(samples)))


def _sample_calls() -> Iterator[Recording]:
    turns, _ = samples.spoken()
    words = tuple(TimeSpan(word.start_s, word.end_s) for _, turn in turns for word in turn.words)
    yield Recording("the sample call", wav.read_pcm(samples_dir() / "support-call.wav"), words)
    telephone = augment.telephone(wav.read_pcm(samples_dir() / "support-call.wav"))
    yield Recording("the sample call, 8 kHz µ-law", telephone, words)


def _recorded_call() -> Recording:
    """Return the telephone call in pyannote's package, with its turns in place of words."""
    folder = files("pyannote.audio") / "sample"
    lines = (folder / "sample.rttm").read_text("utf-8").splitlines()
    times = [[float(one) for one in line.split()[3:5]] for line in lines]
    turns = tuple(TimeSpan(start, start + length) for start, length in times)
    return Recording("a recorded call (turns)", wav.read_pcm(str(folder / "sample.wav")), turns)
