"""Channels that cancel each other when they are mixed."""

import numpy as np

from tests.media.corpus.case import Case
from tests.media.corpus.making import channels, encoded
from tests.media.corpus.speech import GREETING, ONE, PROBLEM, RATE_HZ, Sound, Spoken, sound_of

CANCEL = ("channels cancel each other",)
TURNS = (Spoken(GREETING), Spoken(PROBLEM, 5.0))

CALL, LATER, TALK = sound_of(ONE), sound_of(TURNS[1:]), sound_of(TURNS)
HALF_TALK = TALK.copy()
HALF_TALK[round(4.8 * RATE_HZ) :] *= -1


def _scaled(sound: Sound, factor: float) -> Sound:
    return (sound * factor).astype(np.int16)


def _delayed(sound: Sound, seconds: float) -> Sound:
    return np.concatenate([np.zeros(round(seconds * RATE_HZ), dtype=np.int16), sound])


WAVS = {
    "opposed": (ONE, (CALL, -CALL)),
    "opposed-at-0.8": (ONE, (CALL, _scaled(CALL, -0.8))),
    "opposed-at-1.2": (ONE, (_scaled(CALL, 0.7), _scaled(CALL, -0.84))),
    "opposed-after-0.1-ms": (ONE, (CALL, -_delayed(CALL, 0.0001))),
    "two-opposed-pairs": (TURNS, (CALL, -CALL, LATER, -LATER)),
    "opposed-beside-another": (TURNS, (CALL, -CALL, LATER)),
    "opposed-in-one-part": (TURNS, (TALK, HALF_TALK)),
}
"""The sentences and channels of each file."""

INVERT = ("-af", "pan=stereo|c0=c0|c1=-1*c0")
FILES = {
    "opposed.mp3": INVERT,
    "opposed.m4a": INVERT,
    "opposed.opus": INVERT,
    "opposed.flac": INVERT,
    "opposed-8-kHz.wav": (*INVERT, "-ar", 8000),
    "opposed-mulaw.wav": (*INVERT, "-ar", 8000, "-c:a", "pcm_mulaw"),
    "opposed.mka": ("-af", "pan=4.0|c0=c0|c1=-1*c0|c2=c0|c3=-1*c0", "-c:a", "flac"),
}

CASES = (
    *(
        Case(
            name=f"channels-{name}",
            file="call.wav",
            make=channels(*sounds),
            spoken=spoken,
            warnings=CANCEL,
        )
        for name, (spoken, sounds) in WAVS.items()
    ),
    *(
        Case(name=f"channels-{file}", file=file, make=encoded(*row), warnings=CANCEL)
        for file, row in FILES.items()
    ),
)
