"""Improbable words beside silence are dropped if the caller asks for it."""

import numpy as np
import pytest

from tests.media.conftest import GREETING, Sound, Transcribe, Write, silence

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::UserWarning"),
    pytest.mark.filterwarnings("ignore::RuntimeWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
]

SENSITIVE = {"vad_onset": 0.2, "vad_offset": 0.15}
"""Voice activity detection that takes the noise of the test for speech."""


def test_words_invented_between_silences_are_dropped(
    greeting: Sound, write: Write, transcribe: Transcribe
) -> None:
    noise = greeting[::2]
    recording = np.concatenate([greeting, silence(5), noise, silence(5), greeting, silence(0.3)])
    file = write("call.wav", recording)
    with_noise = transcribe(file, **SENSITIVE)
    assert len(with_noise.text) > len(f"{GREETING} {GREETING}")
    made = transcribe(file, **SENSITIVE, hallucination_silence_threshold=2.0)
    assert made.text == f"{GREETING} {GREETING}"
    (warning,) = [one for one in made.warnings if "hallucination_silence_threshold" in one]
    assert "improbable words beside a silence of more than 2 s were dropped at" in warning
    (gap,) = made.coverage.gaps
    assert 9 < gap.start < gap.end < 12
    patient = transcribe(file, **SENSITIVE, hallucination_silence_threshold=20.0)
    assert patient.segments == with_noise.segments
