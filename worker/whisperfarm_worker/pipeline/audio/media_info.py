"""Reads ffmpeg's description of a file: its audio tracks, its length and the start of its clock."""

import re
from dataclasses import dataclass

_DURATION = re.compile(r"^\[info\]   Duration: (\d+):(\d\d):(\d\d\.\d+)", re.MULTILINE)
_START = re.compile(r"^\[info\]   Duration: .*?, start: (-?\d+\.\d+)", re.MULTILINE)
_STREAM = re.compile(
    r"^\[info\]  +Stream #0:(?P<number>\d+)(?:\[0x[0-9a-f]+\])?(?:\((?P<language>[^)]*)\))?"
    r".*?: "
    r"(?P<kind>Audio|Video|Subtitle|Data|Attachment): (?P<rest>.*)$",
    re.MULTILINE,
)
_ESTIMATED = "Estimating duration from bitrate"


@dataclass(frozen=True, slots=True)
class Track:
    """An audio track. `language` is as in the file, or empty."""

    language: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaInfo:
    """What a container states about itself.

    - `tracks`: the audio tracks in order
    - `start_s`: the first time stamp of all tracks, in seconds
    - `duration_s`: the length of the longest track, or `None` if it is unknown or estimated
    - `audio_only`: whether there are no pictures other than covers
    """

    tracks: tuple[Track, ...] = ()
    start_s: float = 0.0
    duration_s: float | None = None
    audio_only: bool = True


def parse(description: str) -> MediaInfo:
    """Parse what `ffmpeg -loglevel level+info -i FILE` writes to standard error."""
    # Streams are listed by program, and some belong to several.
    by_number = {int(one["number"]): one for one in _STREAM.finditer(description)}
    streams = [by_number[number] for number in sorted(by_number)]
    start = _START.search(description)
    return MediaInfo(
        tracks=tuple(Track(one["language"] or "") for one in streams if one["kind"] == "Audio"),
        start_s=float(start[1]) if start else 0.0,
        duration_s=_duration_s(description),
        audio_only=all(
            one["kind"] == "Audio" or "(attached pic)" in one["rest"] for one in streams
        ),
    )


def _duration_s(description: str) -> float | None:
    found = _DURATION.search(description)
    if found is None or _ESTIMATED in description:
        return None
    hours, minutes, seconds = found.groups()
    return int(hours) * 3600 + int(minutes) * 60 + float(seconds)
