"""What a file states about itself, and how ffmpeg describes it: tracks, times, time code."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

_DURATION = re.compile(r"^\[info\]   Duration: (\d+):(\d\d):(\d\d\.\d+)", re.MULTILINE)
_START = re.compile(r"^\[info\]   Duration: .*?, start: (-?\d+\.\d+)", re.MULTILINE)
_STREAM = re.compile(
    r"^\[info\]  +Stream #0:(?P<number>\d+)(?:\[0x[0-9a-f]+\])?(?:\((?P<language>[^)]*)\))?"
    r".*?: "
    r"(?P<kind>Audio|Video|Subtitle|Data|Attachment): (?P<rest>.*)$",
    re.MULTILINE,
)
_DURATION_TAG = re.compile(r"^\[info\] {5,}DURATION +: (\d+):(\d\d):(\d\d\.\d+)$", re.MULTILINE)
_TIMECODE = re.compile(r"^\[info\] +timecode +: (.*)$", re.MULTILINE | re.IGNORECASE)
_FRAME_RATE = re.compile(r", ([0-9.]+) fps\b")
_LAYOUT = re.compile(r" Hz, ([^,]+)")
_LAYOUTS = {
    "stereo": 2,
    "downmix": 2,
    "quad": 4,
    "hexagonal": 6,
    "octagonal": 8,
    "cube": 8,
    "hexadecagonal": 16,
}
"""Channels of ffmpeg's layouts whose names do not count them."""

_ESTIMATED = "Estimating duration from bitrate"


@dataclass(frozen=True, slots=True)
class Track:
    """An audio track. `language` is as in the file, or empty; `channels` is 1 if it is unknown.

    `duration_s` is the time at which it ends, if the file has that as a tag, as Matroska does.
    """

    language: str = ""
    duration_s: float | None = None
    channels: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaInfo:
    """What a container states about itself.

    - `tracks`: the audio tracks in order
    - `start_s`: the first time stamp of all tracks, in seconds
    - `duration_s`: the length of the longest track, or `None` if it is unknown or estimated
    - `audio_only`: whether there are no pictures other than covers
    - `has_time_stamps`: whether frames have them; else each follows the one before it
    - `timecode`: that of the first frame, as in the file, or `None`; it may be any text
    - `frame_rate`: pictures per second with at most two decimals, or `None`
    """

    tracks: tuple[Track, ...] = ()
    start_s: float = 0.0
    duration_s: float | None = None
    audio_only: bool = True
    has_time_stamps: bool = True
    timecode: str | None = None
    frame_rate: str | None = None


def parse(description: str) -> MediaInfo:
    """Parse what `ffmpeg -loglevel level+info -i FILE` writes to standard error."""
    streams = _streams(description)
    start = _START.search(description)
    timecode = _TIMECODE.search(description)
    return MediaInfo(
        tracks=tuple(_track(*one) for one in streams if one[0]["kind"] == "Audio"),
        start_s=float(start[1]) if start else 0.0,
        duration_s=_duration_s(description),
        audio_only=all(
            one["kind"] == "Audio" or "(attached pic)" in one["rest"] for one, _ in streams
        ),
        timecode=timecode[1].strip() if timecode else None,
        frame_rate=_frame_rate(line["rest"] for line, _ in streams if line["kind"] == "Video"),
    )


def _frame_rate(codecs: Iterable[str]) -> str | None:
    """Return the frame rate of the first pictures that are not a cover."""
    moving = (_FRAME_RATE.search(codec) for codec in codecs if "(attached pic)" not in codec)
    return next((found[1] for found in moving if found), None)


def _streams(description: str) -> list[tuple[re.Match[str], str]]:
    """Return the line of each stream and the lines that follow it, in the order of numbers.

    Streams are listed by program, and some belong to several.
    """
    found = list(_STREAM.finditer(description))
    starts = [one.start() for one in found] + [len(description)]
    by_number = {
        int(one["number"]): (one, description[one.end() : following])
        for one, following in zip(found, starts[1:], strict=True)
    }
    return [by_number[number] for number in sorted(by_number)]


def _track(line: re.Match[str], details: str) -> Track:
    return Track(
        line["language"] or "",
        _seconds(_DURATION_TAG.search(details)),
        _channels(line["rest"]),
    )


def _channels(codec: str) -> int:
    """Return the number of channels in a line such as `flac, 44100 Hz, 5.1(side), s16`."""
    found = _LAYOUT.search(codec)
    if found is None:
        return 1
    layout = found[1].partition("(")[0]
    if counted := re.match(r"(\d+) channels", layout):
        return int(counted[1])
    if re.fullmatch(r"\d(?:\.\d)+", layout):
        return sum(map(int, layout.split(".")))
    return _LAYOUTS.get(layout, 1)


def _duration_s(description: str) -> float | None:
    return None if _ESTIMATED in description else _seconds(_DURATION.search(description))


def _seconds(found: re.Match[str] | None) -> float | None:
    if found is None:
        return None
    hours, minutes, seconds = found.groups()
    return int(hours) * 3600 + int(minutes) * 60 + float(seconds)
