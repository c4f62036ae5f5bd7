"""Encodings of headerless audio, which nothing in the file reveals: the caller names them."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoding:
    """An encoding with one channel, and how ffmpeg reads it.

    `demuxer` splits the bytes; `codec` replaces the codec that it implies. `sample_rate_hz` is set
    if the encoding has only this rate, which the caller then may omit.
    """

    demuxer: str
    samples_per_byte: float
    codec: str | None = None
    sample_rate_hz: int | None = None


ENCODINGS: Mapping[str, Encoding] = MappingProxyType(
    {
        "s16le": Encoding(demuxer="s16le", samples_per_byte=1 / 2),
        "mulaw": Encoding(demuxer="mulaw", samples_per_byte=1),
        "alaw": Encoding(demuxer="alaw", samples_per_byte=1),
        "g722": Encoding(demuxer="g722", samples_per_byte=2, sample_rate_hz=16_000),
        "gsm": Encoding(demuxer="gsm", samples_per_byte=160 / 33, sample_rate_hz=8_000),
        # ffmpeg has no demuxer for it: each byte holds two samples of four bits.
        "vox": Encoding(demuxer="u8", samples_per_byte=2, codec="adpcm_ima_oki"),
    }
)
"""The encodings by the value of the option `encoding`; `vox` is the ADPCM of OKI and Dialogic."""
