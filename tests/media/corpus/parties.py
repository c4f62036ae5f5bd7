"""Calls with a party on each channel: mixed, and with channels as speakers."""

from tests.media.corpus.case import Case
from tests.media.corpus.making import channels
from tests.media.corpus.opposed import CALL, LATER, TURNS
from tests.media.corpus.speech import ACCOUNT, ONE, Spoken, sound_of

BY_CHANNEL = {"channels": "speakers", "diarize": "false"}
SILENT = sound_of(())
THIRD = Spoken(ACCOUNT, 9.2)
"""A sentence after the two turns."""

MIXED = {
    "left-then-right": (TURNS, (CALL, LATER)),
    "right-then-left": (TURNS, (LATER, CALL)),
    "one-silent": (TURNS, (SILENT, CALL, LATER)),
    "three-parties": ((*TURNS, THIRD), (CALL, LATER, sound_of((THIRD,)))),
}

SEPARATE = {
    "two": (2, TURNS, (CALL, LATER)),
    "swapped": (2, TURNS, (LATER, CALL)),
    "left-alone": (1, ONE, (CALL, SILENT)),
    "right-alone": (1, ONE, (SILENT, CALL)),
    "second-and-fourth": (2, TURNS, (SILENT, CALL, SILENT, LATER)),
    "three": (3, (*TURNS, THIRD), (CALL, LATER, sound_of((THIRD,)))),
    "mono": (1, TURNS, (sound_of(TURNS),)),
}
"""Number of speakers, sentences and channels."""

WARNINGS = {
    "left-alone": ("channel 1 is silent from start to end",),
    "right-alone": ("channel 0 is silent from start to end",),
    "second-and-fourth": ("channels 0, 2 are silent from start to end",),
    "mono": ("the audio has one channel",),
}

CASES = (
    *(
        Case(name=f"mixed-{name}", file="call.wav", make=channels(*sounds), spoken=spoken)
        for name, (spoken, sounds) in MIXED.items()
    ),
    *(
        Case(
            name=f"speakers-{name}",
            file="call.wav",
            make=channels(*sounds),
            options=BY_CHANNEL,
            spoken=spoken,
            speakers=speakers,
            warnings=WARNINGS.get(name, ()),
        )
        for name, (speakers, spoken, sounds) in SEPARATE.items()
    ),
    Case(
        name="speakers-with-diarize",
        file="call.wav",
        make=channels(CALL, LATER),
        options={**BY_CHANNEL, "diarize": "true"},
        problem="invalid-option",
    ),
)
