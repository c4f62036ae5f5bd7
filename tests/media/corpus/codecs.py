"""Codecs of call recorders in WAV files, at their rates, with one and with two channels."""

from tests.media.corpus.case import Case
from tests.media.corpus.making import encoded
from tests.media.corpus.speech import PROBLEM, Spoken, any_of

RATES_HZ = {
    "pcm_s16le": (8000, 48000),
    "pcm_s24le": (16000, 44100),
    "pcm_s32le": (48000,),
    "pcm_u8": (16000,),
    "pcm_f32le": (8000, 44100),
    "pcm_f64le": (16000,),
    "pcm_mulaw": (8000, 16000),
    "pcm_alaw": (8000, 16000),
    "adpcm_ima_wav": (8000, 22050),
    "adpcm_ms": (8000, 22050),
    "adpcm_yamaha": (16000,),
    "libmp3lame": (16000,),
    "wmav2": (44100,),
}
"""Sample rates of the codecs, each with one channel and with two."""

ONE_CHANNEL = {
    "g722": ("-ar", 16000),
    "g726": ("-ar", 8000, "-b:a", "32k"),
    "libgsm_ms": ("-ar", 8000),
    "g723_1": ("-ar", 8000, "-b:a", "6300"),
}

ROWS = [
    (f"{codec}-{rate_hz}-{channels}ch", ("-c:a", codec, "-ar", rate_hz, "-ac", channels))
    for codec, rates_hz in RATES_HZ.items()
    for rate_hz in rates_hz
    for channels in (1, 2)
]

CASES = (
    *(
        Case(name=f"codec-{name}", file="call.wav", make=encoded(*arguments), spoken=any_of(number))
        for number, (name, arguments) in enumerate(ROWS)
    ),
    *(
        Case(
            name=f"codec-{codec}",
            file="call.wav",
            make=encoded("-c:a", codec, *arguments),
            spoken=(Spoken(PROBLEM),),
        )
        for codec, arguments in ONE_CHANNEL.items()
    ),
)
