"""Finds out whether numpy can read the samples of a file, and where they are."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import BinaryIO

from whisperfarm_contract.problems import AudioUnreadable
from whisperfarm_worker.pipeline.audio import aiff, wav
from whisperfarm_worker.pipeline.audio.audio_header import AudioHeader
from whisperfarm_worker.pipeline.audio.chunks import read_at
from whisperfarm_worker.pipeline.audio.ffmpeg import Input
from whisperfarm_worker.pipeline.audio.sample_formats import FORMATS

MIN_RATE_HZ, MAX_RATE_HZ = 1_000, 768_000
"""Sample rates of recordings. Lower ones hold no speech, and higher ones are not in use."""

MAX_CHANNELS = 64
"""Each channel needs memory in the resampler. ffmpeg has the same maximum."""

_READERS: Mapping[str, Callable[[BinaryIO, int], AudioHeader | None]] = MappingProxyType(
    {"wav": wav.read_header, "aiff": aiff.read_header}
)

_DISGUISED = re.compile(
    rb"\x7f\xfe\x80\x01|\xfe\x7f\x01\x80|\x1f\xff\xe8\x00|\xff\x1f\x00\xe8|\x72\xf8\x1f\x4e"
)
"""Sync words of DTS and of S/PDIF, which a header may state to be PCM, so that a CD player passes
them on to a decoder."""

_DISGUISE_BYTES = 1 << 14


def find(source: Input) -> AudioHeader | None:
    """Return where the samples are, or `None` if ffmpeg has to read the file.

    `source.sample_rate_hz` replaces the rate in the header. Raises `AudioUnreadable` if the header
    states no channels or a rate that no recording has.
    """
    if source.encoding is not None:
        return _headerless(source.encoding, source.sample_rate_hz)
    read = _READERS.get(source.container.name if source.container else "")
    if read is None:
        return None
    with source.path.open("rb") as file:
        header = read(file, source.offset)
        if header is None or header.encoding is None or _is_disguised(file, header):
            return None
    return _checked(replace(header, sample_rate_hz=source.sample_rate_hz or header.sample_rate_hz))


def _headerless(encoding: str, sample_rate_hz: int | None) -> AudioHeader | None:
    if encoding not in FORMATS or not sample_rate_hz:
        return None
    return AudioHeader(
        channels=1,
        sample_rate_hz=sample_rate_hz,
        frame_bytes=FORMATS[encoding].size_bytes,
        data_offset=0,
        data_bytes=None,
        encoding=encoding,
    )


def _checked(header: AudioHeader) -> AudioHeader | None:
    if not header.channels:
        raise AudioUnreadable("the audio cannot be decoded: its header states 0 channels")
    if not MIN_RATE_HZ <= header.sample_rate_hz <= MAX_RATE_HZ:
        raise AudioUnreadable(
            f"the audio cannot be decoded: its header states a sample rate of"
            f" {header.sample_rate_hz} Hz, and those from {MIN_RATE_HZ} to {MAX_RATE_HZ} are"
            " supported; if the header is wrong, set sample_rate"
        )
    return header if header.channels <= MAX_CHANNELS else None


def _is_disguised(file: BinaryIO, header: AudioHeader) -> bool:
    """Whether the samples are those of a codec. It has the frames of PCM with two channels."""
    if header.encoding != "s16le" or header.channels != 2:  # noqa: PLR2004 - stereo
        return False
    return _DISGUISED.search(read_at(file, header.data_offset, _DISGUISE_BYTES)) is not None
