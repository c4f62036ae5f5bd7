"""Compares the decoded length with the one that the container states."""

import os
import struct
from pathlib import Path

from whisperfarm_worker.pipeline.audio import avi, container_end, data_chunk, mp4
from whisperfarm_worker.pipeline.audio.ffmpeg import Input
from whisperfarm_worker.pipeline.audio.media_info import MediaInfo

_HEADER_BYTES = 1 << 16
_PCM_TOLERANCE_S = 0.1
_TOLERANCE_S = 0.5
"""Lengths of compressed audio count what encoders add at both ends."""

_OGG_PAGE_BYTES = 27 + 255 + 255 * 255
_OGG_LAST_PAGE = 4


def warnings(
    source: Input, info: MediaInfo, *, track: int, found_s: float, offset_s: float
) -> list[str]:
    """Return a warning if the audio is shorter than the container states, or if an Ogg file ends
    without its last page.

    `offset_s` is the time at which the first time stamp of the container lies.
    """
    if source.container is None:
        return []
    stated_s, tolerance_s = _stated(source, info, track=track, found_s=found_s, offset_s=offset_s)
    if stated_s is not None and stated_s - found_s > tolerance_s:
        return [
            f"the file is truncated: it has {found_s:.1f} s of audio, and {stated_s:.1f} s"
            " according to its header"
        ]
    if _lacks_end_mark(source):
        return [
            f"the file ends after {found_s:.1f} s of audio without the mark of its end, so it may"
            " be truncated"
        ]
    return []


def _stated(
    source: Input, info: MediaInfo, *, track: int, found_s: float, offset_s: float
) -> tuple[float | None, float]:
    """Return the stated length in seconds, if there is one, and its tolerance."""
    name = source.container.name if source.container else ""
    if not info.has_time_stamps:
        return info.duration_s, _PCM_TOLERANCE_S
    chunk = data_chunk.find(source.path, container=name, offset=source.offset)
    if chunk is not None:
        return chunk.stated_s(found_s), _PCM_TOLERANCE_S
    if source.sample_rate_hz is not None:
        return None, _TOLERANCE_S
    length_s = _track_length(source, info, track)
    if length_s is not None and name == "matroska":
        length_s += offset_s - info.start_s  # it states the time at which a track ends
    return length_s, _TOLERANCE_S


def _track_length(source: Input, info: MediaInfo, track: int) -> float | None:
    """Return the stated length of one track, which pictures and other tracks may outlast."""
    if track < len(info.tracks) and info.tracks[track].duration_s is not None:
        return info.tracks[track].duration_s
    name = source.container.name if source.container else ""
    lengths = _sound_track_lengths(source.path, name)
    if track < len(lengths) and lengths[track] is not None:
        return lengths[track]
    length_s = _asf_length(_start(source.path)) if name == "asf" else info.duration_s
    if length_s is None or (info.audio_only and len(info.tracks) <= 1):
        return length_s
    is_cut = container_end.is_missing(source.path, container=name, stated_s=length_s)
    return length_s if is_cut else None


def _sound_track_lengths(path: Path, name: str) -> list[float | None]:
    if name == "mp4":
        return mp4.sound_track_lengths(path)
    return avi.sound_track_lengths(_start(path)) if name == "avi" else []


def _asf_length(start: bytes) -> float | None:
    at = start.find(container_end.ASF_FILE_PROPERTIES)
    if at < 0 or len(start) < at + 92:
        return None
    play_100ns, _, preroll_ms, flags = struct.unpack_from("<QQQI", start, at + 64)
    is_broadcast = flags & 1
    return None if is_broadcast else play_100ns / 1e7 - preroll_ms / 1e3


def _lacks_end_mark(source: Input) -> bool:
    """Whether a container of a kind that marks its end has no such mark."""
    name = source.container.name if source.container else ""
    if name == "voc":
        return not data_chunk.voc_has_end(source.path, source.offset)
    return name == "ogg" and not _ends_with_last_page(source.path)


def _ends_with_last_page(path: Path) -> bool:
    """Whether the last page of an Ogg file is complete and marked as the last of its stream."""
    with path.open("rb") as file:
        file.seek(-min(file.seek(0, os.SEEK_END), 2 * _OGG_PAGE_BYTES), os.SEEK_END)
        end = file.read()
    page = end[max(end.rfind(b"OggS\0"), 0) :]
    if len(page) < 27 or not page[5] & _OGG_LAST_PAGE:  # noqa: PLR2004 - the fixed part of a page
        return False
    segments = page[27 : 27 + page[26]]
    return len(segments) == page[26] and len(page) >= 27 + page[26] + sum(segments)


def _start(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_HEADER_BYTES)
