"""Headers: lengths that are wrong, unknown or estimated, and chunks around the samples."""

import struct

from tests.media.corpus.case import Case, Make
from tests.media.corpus.making import edited, encoded, plain
from tests.media.corpus.speech import any_of

WAV_HEADER_BYTES = 44


def _wav_sizes(riff: int, data: int) -> Make:
    def edit(wav: bytes) -> bytes:
        fields = struct.pack("<I", riff), struct.pack("<I", data)
        return wav[:4] + fields[0] + wav[8:40] + fields[1] + wav[WAV_HEADER_BYTES:]

    return edited(plain, edit)


def _chunk_before_data(name: bytes, size: int) -> Make:
    chunk = name + struct.pack("<I", size) + bytes(size + size % 2)
    return edited(plain, lambda wav: wav[:36] + chunk + wav[36:])


def _with_end(end: bytes) -> Make:
    return edited(plain, lambda wav: wav + end)


def _extensible(wav: bytes) -> bytes:
    """Replace the format by WAVE_FORMAT_EXTENSIBLE with 16-bit PCM."""
    guid = bytes.fromhex("0100000000001000800000aa00389b71")
    fields = struct.pack("<HHIIHHHHI", 0xFFFE, 1, 16000, 32000, 2, 16, 22, 16, 4) + guid
    return wav[:12] + b"fmt " + struct.pack("<I", len(fields)) + fields + wav[36:]


def _big_endian(wav: bytes) -> bytes:
    """Convert to RIFX."""
    samples = bytearray(wav[WAV_HEADER_BYTES:])
    samples[::2], samples[1::2] = samples[1::2], samples[::2]
    fields = struct.pack(">IHHIIHH", 16, 1, 1, 16000, 32000, 2, 16)
    size = struct.pack(">I", len(samples))
    return b"RIFX" + wav[7:3:-1] + b"WAVEfmt " + fields + b"data" + size + samples


WAVS: dict[str, Make] = {
    "sizes-0": _wav_sizes(0, 0),
    "sizes-ffffffff": _wav_sizes(0xFFFFFFFF, 0xFFFFFFFF),
    "sizes-7fffffff": _wav_sizes(0x7FFFFFFF, 0x7FFFFFFF),
    "sizes-7ffff000": _wav_sizes(0x7FFFF024, 0x7FFFF000),
    "sizes-80000000": _wav_sizes(0x80000024, 0x80000000),
    "riff-size-0": edited(plain, lambda wav: wav[:4] + bytes(4) + wav[8:]),
    "riff-size-too-small": edited(plain, lambda wav: wav[:4] + b"\x24\0\0\0" + wav[8:]),
    "list-200-kB": _chunk_before_data(b"LIST", 200_000),
    "junk": _chunk_before_data(b"JUNK", 28),
    "bext": _chunk_before_data(b"bext", 858),
    "odd-chunk": _chunk_before_data(b"note", 7),
    "page-of-zeros": _chunk_before_data(b"PAD ", 4040),
    "list-after-data": _with_end(b"LIST\x0c\0\0\0INFOISFT\0\0\0\0"),
    "id3-after-data": _with_end(b"id3 \x0a\0\0\0ID3\3\0\0\0\0\0\0"),
    "extensible": edited(plain, _extensible),
    "big-endian": edited(plain, _big_endian),
}

LENGTHS = {
    "live.webm": ("-c:a", "libopus", "-live", 1),
    "live.mkv": ("-c:a", "aac", "-live", 1),
    "no-xing.mp3": ("-write_xing", 0),
    "vbr.mp3": ("-q:a", 6),
    "vbr-no-xing.mp3": ("-q:a", 6, "-write_xing", 0),
    "abr.mp3": ("-abr", 1, "-b:a", "40k"),
    "vorbis-q8.ogg": ("-c:a", "libvorbis", "-q:a", 8),
    "long-pages.opus": ("-page_duration", 10_000_000),
    "short-pages.opus": ("-page_duration", 20_000),
    "60-ms.opus": ("-frame_duration", 60),
    "voip.opus": ("-application", "voip", "-b:a", "16k"),
    "low-rate.aac": ("-b:a", "24k", "-ar", 16000),
    "high-rate.aac": ("-b:a", "256k", "-ar", 48000),
}
"""Files whose length ffmpeg or a probe has to estimate, or to collect from all pages or frames."""

CASES = (
    *(
        Case(name=f"header-{name}", file="call.wav", make=make, spoken=any_of(number))
        for number, (name, make) in enumerate(WAVS.items())
    ),
    *(
        Case(name=f"length-{file}", file=file, make=encoded(*arguments), spoken=any_of(number))
        for number, (file, arguments) in enumerate(LENGTHS.items())
    ),
)
