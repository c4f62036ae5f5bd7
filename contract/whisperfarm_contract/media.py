"""Detects the container format of a file from its first bytes, never from its name.

The decoder uses the demuxer of the detected container and no other, so that a playlist named
`.wav` never reaches a demuxer that would open the addresses in it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

SNIFF_BYTES = 4096
"""Number of bytes that `sniff` needs from the start of a file."""


@dataclass(frozen=True, slots=True)
class Container:
    """A container format: its name and the name of ffmpeg's demuxer."""

    name: str
    demuxer: str


def _starts_with(*magics: bytes) -> Callable[[bytes], bool]:
    return lambda head: head.startswith(magics)


def _riff(kind: bytes) -> Callable[[bytes], bool]:
    return lambda head: head[:4] in (b"RIFF", b"RIFX", b"RF64", b"BW64") and head[8:12] == kind


def _iff(*kinds: bytes) -> Callable[[bytes], bool]:
    return lambda head: head.startswith(b"FORM") and head[8:12] in kinds


def _mp3(head: bytes) -> bool:
    return head.startswith(b"ID3") or _mpeg_frame(head)


def _adts(head: bytes) -> bool:
    return len(head) > 1 and head[0] == 0xFF and head[1] & 0xF6 == 0xF0


def _mpeg_frame(head: bytes) -> bool:
    """Whether `head` starts with a frame header of layer II or III without reserved values.

    Layer I is excluded: it is hardly used, and UTF-16 text starts like one of its frames.
    """
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return False
    version, layer = (head[1] >> 3) & 3, (head[1] >> 1) & 3
    bit_rate, rate = head[2] >> 4, (head[2] >> 2) & 3
    return version != 1 and layer in (1, 2) and bit_rate not in (0, 15) and rate != 3


def _mpeg_ts(head: bytes) -> bool:
    return len(head) > 376 and head[0] == head[188] == head[376] == 0x47


_SIGNATURES: tuple[tuple[Container, Callable[[bytes], bool]], ...] = (
    (Container("wav", "wav"), _riff(b"WAVE")),
    (Container("avi", "avi"), _riff(b"AVI ")),
    (Container("aiff", "aiff"), _iff(b"AIFF", b"AIFC")),
    (Container("w64", "w64"), _starts_with(b"riff\x2e\x91\xcf\x11")),
    (Container("flac", "flac"), _starts_with(b"fLaC")),
    (Container("ogg", "ogg"), _starts_with(b"OggS")),
    (Container("matroska", "matroska"), _starts_with(b"\x1a\x45\xdf\xa3")),
    (
        Container("mp4", "mov"),
        lambda head: head[4:8] in (b"ftyp", b"moov", b"mdat", b"wide", b"free"),
    ),
    (Container("asf", "asf"), _starts_with(b"\x30\x26\xb2\x75\x8e\x66\xcf\x11")),
    (Container("flv", "flv"), _starts_with(b"FLV\x01")),
    (Container("au", "au"), _starts_with(b".snd")),
    (Container("caf", "caf"), _starts_with(b"caff")),
    (Container("amr", "amr"), _starts_with(b"#!AMR")),
    (Container("mpeg-ps", "mpeg"), _starts_with(b"\x00\x00\x01\xba")),
    (Container("mpeg-ts", "mpegts"), _mpeg_ts),
    (Container("aac", "aac"), _adts),
    (Container("mp3", "mp3"), _mp3),
)

CONTAINERS: Mapping[str, Container] = MappingProxyType({one.name: one for one, _ in _SIGNATURES})


def sniff(head: bytes) -> Container | None:
    """Return the container of a file that starts with `head`, or `None` if it is not supported."""
    return next((container for container, matches in _SIGNATURES if matches(head)), None)
