"""Sample rates of WAV, MP3, AAC and Opus files; the speaker is found at each of them."""

from tests.media.corpus.case import Case
from tests.media.corpus.making import encoded
from tests.media.corpus.speech import any_of

RATES_HZ = {
    "wav": (8000, 11025, 12000, 22050, 24000, 32000, 37800, 44056, 44100, 88200, 96000, 192000),
    "mp3": (11025, 12000, 22050, 24000, 32000, 44100, 48000),
    "m4a": (8000, 11025, 22050, 32000, 44100, 48000, 96000),
    "opus": (8000, 12000, 24000, 48000),
    "flac": (8000, 44100, 96000),
}

BIT_RATE = {"mp3": ("-b:a", "48k")}
"""Where the default is too low for speech at 8 kHz."""

ROWS = [(kind, rate_hz) for kind, rates_hz in RATES_HZ.items() for rate_hz in rates_hz]

CASES = tuple(
    Case(
        name=f"rate-{kind}-{rate_hz}",
        file=f"call.{kind}",
        make=encoded("-ar", rate_hz, *BIT_RATE.get(kind, ())),
        spoken=any_of(number),
        speakers=1,
    )
    for number, (kind, rate_hz) in enumerate(ROWS)
)
