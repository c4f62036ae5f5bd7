"""Files with several audio tracks, and the option `track`."""

from tests.media.corpus.case import Case, Make
from tests.media.corpus.making import multitrack
from tests.media.corpus.speech import ONE, PROBLEM, Spoken, sound_of

LANGUAGES = ("-metadata:s:a:0", "language=eng", "-metadata:s:a:1", "language=ger")
CODECS = {
    "mp4": ("-c:a", "aac"),
    "mov": ("-c:a", "pcm_s16le"),
    "mkv": ("-c:a", "libvorbis"),
    "webm": ("-c:a", "libopus"),
    "ts": ("-c:a", "aac"),
    "avi": ("-c:a", "libmp3lame"),
    "wma": ("-c:a", "wmav2"),
}
TAGGED = ("mp4", "mkv", "ts")
"""Containers in which the language of a track is kept."""

OTHER = (Spoken(PROBLEM),)
FIRST_ALONE = "2 audio tracks.* only track 0 was transcribed"
SILENT_FIRST = "only track 1 was transcribed because those before it are silent"


def _both(kind: str) -> Make:
    arguments = (*LANGUAGES, *CODECS[kind])
    return multitrack(sound_of(ONE), sound_of(OTHER), arguments=arguments)


def _silent_first(kind: str) -> Make:
    return multitrack(sound_of(()), sound_of(ONE), arguments=CODECS[kind])


def _chosen(kind: str, track: str, spoken: tuple[Spoken, ...]) -> Case:
    return Case(
        name=f"track-{track}.{kind}",
        file=f"call.{kind}",
        make=_both(kind),
        options={"track": track},
        spoken=spoken,
    )


def _missing(kind: str, track: str) -> Case:
    return Case(
        name=f"track-missing-{track}.{kind}",
        file=f"call.{kind}",
        make=_both(kind),
        options={"track": track},
        problem="invalid-option",
    )


CASES = (
    *(
        Case(
            name=f"track-two.{kind}",
            file=f"call.{kind}",
            make=_both(kind),
            warnings=(FIRST_ALONE,),
        )
        for kind in CODECS
    ),
    *(
        Case(
            name=f"track-silent-first.{kind}",
            file=f"call.{kind}",
            make=_silent_first(kind),
            warnings=(SILENT_FIRST,),
        )
        for kind in CODECS
    ),
    *(_chosen(kind, "0", ONE) for kind in CODECS),
    *(_chosen(kind, "1", OTHER) for kind in CODECS),
    *(_chosen(kind, "en", ONE) for kind in TAGGED),
    *(_chosen(kind, "de", OTHER) for kind in TAGGED),
    *(_missing("mp4", track) for track in ("2", "fr")),
    Case(
        name="track-of-a-single-one",
        file="call.mp4",
        make=multitrack(sound_of(ONE)),
        options={"track": "0"},
    ),
    Case(
        name="track-1-of-a-single-one",
        file="call.mp4",
        make=multitrack(sound_of(ONE)),
        options={"track": "1"},
        problem="invalid-option",
    ),
)
