"""The clock of the container: late sound, clocks that start elsewhere, holes, joined files."""

from dataclasses import replace
from pathlib import Path

from tests.media.corpus.case import Case, Make
from tests.media.corpus.making import encoded, filmed, of
from tests.media.corpus.speech import GREETING, ONE, PROBLEM, TAIL_S, Spoken, any_of

AAC = ("-c:a", "aac")
LATE_S = 5
HOLE_S = 3
HOLE_STARTS_S = 5


FILM = {
    "late.mkv": ("-c:v", "mpeg4", *AAC),
    "late.webm": ("-c:v", "libvpx", "-c:a", "libopus"),
    "late.mp4": ("-c:v", "mpeg4", *AAC),
    "late.mov": ("-c:v", "mpeg4", "-c:a", "pcm_s16le"),
    "late.ts": ("-r", 25, "-c:v", "mpeg2video", *AAC),
    "late.mpg": ("-r", 25, "-c:v", "mpeg2video", "-c:a", "mp2", "-ar", 48000),
    "late.flv": ("-c:v", "flv", *AAC, "-ar", 44100),
}

DELAYED = {"late-sound.mp4": AAC, "late-sound.mkv": AAC, "late-sound.webm": ("-c:a", "libopus")}
"""Files without a picture, in which the sound starts late."""

CLOCKS = {
    "clock-1000.ts": (*AAC, "-output_ts_offset", 1000),
    "clock-1000.mkv": (*AAC, "-output_ts_offset", 1000),
    "clock-90.mpg": ("-c:a", "mp2", "-ar", 48000, "-output_ts_offset", 90),
    "clock-before-0.mkv": ("-c:a", "flac", "-output_ts_offset", -0.02),
}

HOLES = {
    "hole.mp4": AAC,
    "hole.mov": AAC,
    "hole.mkv": AAC,
    "hole.webm": ("-c:a", "libopus"),
    "hole.ts": AAC,
    "hole.flv": (*AAC, "-ar", 44100),
}

_BOTH = (Spoken(GREETING), Spoken(PROBLEM, 9.0))
"""Two sentences with a pause in which the hole lies."""


def _hole(*arguments: object) -> Make:
    end_s = HOLE_STARTS_S + HOLE_S
    return encoded("-af", f"aselect='not(between(t,{HOLE_STARTS_S},{end_s}))'", *arguments)


JOINED = {
    "joined.mp3": (),
    "joined.ogg": ("-c:a", "libvorbis"),
    "joined.opus": (),
    "joined.ts": AAC,
    "joined.aac": AAC,
    "joined.ac3": ("-ar", 48000),
}


def _joined(*arguments: object) -> Make:
    """Return a maker of a file that consists of two, each with one sentence."""

    def make(case: Case, path: Path) -> None:
        data = b""
        for one in case.spoken:
            encoded(*arguments)(replace(case, spoken=(Spoken(one.sentence),)), path)
            data += path.read_bytes()
        path.write_bytes(data)

    return make


def _second_s() -> float:
    """Return where the second sentence of a joined file starts."""
    return ONE[0].end_s + TAIL_S + ONE[0].start_s


def _late(file: str, make: Make) -> Case:
    late = (Spoken(GREETING, ONE[0].start_s + LATE_S),)
    return Case(name=f"clock-{file}", file=file, make=of(ONE, make), spoken=late)


_OFFSET = ("-itsoffset", LATE_S)

CASES = (
    *(_late(file, filmed(*row, before=_OFFSET)) for file, row in FILM.items()),
    *(_late(file, encoded(*row, before=_OFFSET)) for file, row in DELAYED.items()),
    *(
        Case(name=f"clock-{file}", file=file, make=encoded(*row), spoken=any_of(number))
        for number, (file, row) in enumerate(CLOCKS.items())
    ),
    *(
        Case(
            name=f"clock-{file}",
            file=file,
            make=_hole(*row),
            spoken=_BOTH,
            warnings=(r"[23]\.\d s of audio are missing \([45]\.\d to [78]\.\d s",),
        )
        for file, row in HOLES.items()
    ),
    *(
        Case(
            name=f"clock-{file}",
            file=file,
            make=_joined(*row),
            spoken=(Spoken(GREETING), Spoken(PROBLEM, _second_s())),
        )
        for file, row in JOINED.items()
    ),
)
