"""The containers that the decoder accepts, and the magic numbers of those that have one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType


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


def _mp4(head: bytes) -> bool:
    return head[4:8] in (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot")


def _gxf(head: bytes) -> bool:
    return head.startswith(b"\0\0\0\0\x01\xbc") and head[14:16] == b"\xe1\xe2"


_MXF_PARTITION = b"\x06\x0e\x2b\x34\x02\x05\x01\x01\x0d\x01\x02\x01\x01\x02"

_SIGNATURES: tuple[tuple[Container, Callable[[bytes], bool]], ...] = (
    (Container("wav", "wav"), _riff(b"WAVE")),
    (Container("avi", "avi"), _riff(b"AVI ")),
    (Container("aiff", "aiff"), _iff(b"AIFF", b"AIFC")),
    (Container("8svx", "iff"), _iff(b"8SVX", b"16SV")),
    (Container("dsdiff", "iff"), _starts_with(b"FRM8")),
    (Container("w64", "w64"), _starts_with(b"riff\x2e\x91\xcf\x11")),
    (Container("flac", "flac"), _starts_with(b"fLaC")),
    (Container("ogg", "ogg"), _starts_with(b"OggS")),
    (Container("matroska", "matroska"), _starts_with(b"\x1a\x45\xdf\xa3")),
    (Container("mp4", "mov"), _mp4),
    (Container("asf", "asf"), _starts_with(b"\x30\x26\xb2\x75\x8e\x66\xcf\x11")),
    (Container("flv", "flv"), _starts_with(b"FLV\x01")),
    (Container("au", "au"), _starts_with(b".snd")),
    (Container("caf", "caf"), _starts_with(b"caff")),
    (Container("amr", "amr"), _starts_with(b"#!AMR")),
    # The header partition may follow a run-in, which ends where the key starts.
    (Container("mxf", "mxf"), lambda head: _MXF_PARTITION in head),
    (Container("gxf", "gxf"), _gxf),
    (Container("wavpack", "wv"), _starts_with(b"wvpk")),
    (Container("tta", "tta"), _starts_with(b"TTA1", b"TTA2")),
    (Container("ape", "ape"), _starts_with(b"MAC ")),
    (Container("musepack", "mpc"), _starts_with(b"MP+")),
    (Container("musepack8", "mpc8"), _starts_with(b"MPCK")),
    (Container("tak", "tak"), _starts_with(b"tBaK")),
    (Container("dsf", "dsf"), _starts_with(b"DSD ")),
    (Container("dts-hd", "dtshd"), _starts_with(b"DTSHDHDR")),
    (Container("voc", "voc"), _starts_with(b"Creative Voice File\x1a")),
    (Container("sphere", "nistsphere"), _starts_with(b"NIST_1A\n")),
    (Container("sox", "sox"), _starts_with(b".SoX", b"XoS.")),
    (Container("realmedia", "rm"), _starts_with(b".RMF\0", b".ra\xfd")),
    (Container("nut", "nut"), _starts_with(b"nut/multimedia container\0")),
    (Container("wtv", "wtv"), _starts_with(b"\xb7\xd8\x00\x20\x37\x49\xda\x11")),
    (Container("dhav", "dhav"), _starts_with(b"DHAV")),
)
"""Containers with a magic number, which is at the start of the file."""

_STREAMS = (
    Container("mpeg-ts", "mpegts"),
    Container("mpeg-ps", "mpeg"),
    Container("aac", "aac"),
    Container("loas", "loas"),
    Container("mp3", "mp3"),
    Container("ac3", "ac3"),
    Container("eac3", "eac3"),
    Container("dts", "dts"),
)
"""Streams of frames or packets, which `frames` and `packets` find."""

CONTAINERS: Mapping[str, Container] = MappingProxyType(
    {one.name: one for one in (*(container for container, _ in _SIGNATURES), *_STREAMS)}
)


def by_magic_number(head: bytes) -> Container | None:
    """Return the container whose magic number `head`, the first bytes of a file, has."""
    return next((container for container, matches in _SIGNATURES if matches(head)), None)
