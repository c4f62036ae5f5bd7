"""Short phrases with known words, spoken by espeak-ng."""

import random
import shutil
from dataclasses import dataclass
from pathlib import Path

from tests.support.recordings import wav
from training.espeak import SAMPLE_RATE_HZ, Synthesizer
from training.voices import TRAIN, draw_speaker

TEXTS = (
    "my account number is four seven two",
    "please hold the line for a moment",
    "the internet is not working",
    "i am calling about order nine one five",
    "please transfer my call to an agent",
    "can i help you today",
    "hello thank you for calling customer support",
    "my phone number is eight zero six three",
    "i have a problem with the payment",
    "we will call you tomorrow morning",
    "thank you for your help",
    "can i have a refund for this order",
    "what is your address",
    "your card will work on friday",
    "no thank you",
    "yes please",
)


@dataclass(frozen=True)
class Phrase:
    """A recording and the words in it."""

    text: str
    path: Path

    def copy_to(self, path: Path) -> Path:
        """Copy the recording, with a different file but the same samples."""
        return Path(shutil.copyfile(self.path, path))


def spoken(folder: Path, texts: tuple[str, ...] = TEXTS, *, seed: int = 8) -> list[Phrase]:
    """Speak each text in a random voice, with a little silence before and after.

    The demo models transcribe the voices of the default seed without errors. The tests with these
    phrases check that each job gets its own text.
    """
    synthesizer, rng = Synthesizer(), random.Random(seed)
    phrases = []
    for number, text in enumerate(texts):
        samples = synthesizer.say(text, draw_speaker(rng, TRAIN)).samples
        phrases.append(Phrase(text, _write(folder / f"phrase-{number}.wav", samples.tobytes())))
    return phrases


def _write(path: Path, pcm: bytes) -> Path:
    silence = bytes(2 * SAMPLE_RATE_HZ // 4)
    path.write_bytes(wav(silence + pcm + silence, rate_hz=SAMPLE_RATE_HZ))
    return path
