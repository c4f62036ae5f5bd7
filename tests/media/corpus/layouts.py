"""Channel layouts: speech in all channels, and in one of several."""

from tests.media.corpus.case import Case
from tests.media.corpus.making import channels, encoded
from tests.media.corpus.speech import ONE, any_of, sound_of

CHANNELS = {"stereo": 2, "quad": 4, "5.1": 6, "7.1": 8}

LAYOUTS = {
    "stereo.mp3": ("stereo",),
    "stereo.m4a": ("stereo",),
    "stereo.opus": ("stereo",),
    "quad.flac": ("quad",),
    "surround.flac": ("5.1",),
    "surround.m4a": ("5.1",),
    "surround.ogg": ("5.1", "-c:a", "libvorbis"),
    "surround.ac3": ("5.1", "-ar", 48000),
    "surround.wav": ("7.1",),
    "surround.wv": ("7.1",),
}
"""The layout of each file, and further arguments of ffmpeg."""


def _in_all(number: int, file: str, layout: str, *arguments: object) -> Case:
    spread = "|".join(f"c{channel}=c0" for channel in range(CHANNELS[layout]))
    make = encoded("-af", f"pan={layout}|{spread}", *arguments)
    return Case(name=f"layout-{file}", file=file, make=make, spoken=any_of(number))


def _in_one(channel: int, count: int) -> Case:
    sounds = [sound_of(ONE if number == channel else ()) for number in range(count)]
    make = channels(*sounds)
    return Case(name=f"layout-speech-in-{channel}-of-{count}", file="call.wav", make=make)


CASES = (
    *(_in_all(number, file, *row) for number, (file, row) in enumerate(LAYOUTS.items())),
    *(_in_one(channel, count) for count in (2, 3, 6) for channel in range(count)),
)
