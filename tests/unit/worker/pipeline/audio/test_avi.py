"""Lengths of the sound tracks of AVI files."""

import struct

from whisperfarm_worker.pipeline.audio.avi import sound_track_lengths


def _stream(kind: bytes, *, scale: int, rate: int, length: int) -> bytes:
    fields = kind + bytes(16) + struct.pack("<4I", scale, rate, 0, length) + bytes(20)
    return b"strh" + struct.pack("<I", len(fields)) + fields


def test_lengths_are_those_of_the_sound_tracks_in_order() -> None:
    start = (
        _stream(b"vids", scale=1, rate=25, length=1000)
        + _stream(b"auds", scale=1152, rate=48_000, length=250)
        + _stream(b"auds", scale=1, rate=8_000, length=0)
        + _stream(b"auds", scale=1, rate=8_000, length=4_000)
    )
    assert sound_track_lengths(start) == [6.0, None, 0.5]
    assert sound_track_lengths(start[:-60]) == [6.0, None]
    assert sound_track_lengths(b"") == []
