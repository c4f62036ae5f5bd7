"""Tags, covers and chapters, before, after and between the audio."""

import struct

from tests.media.corpus.case import Case, Make
from tests.media.corpus.making import Edit, edited, encoded, plain
from tests.media.corpus.speech import any_of


def id3(content_bytes: int) -> bytes:
    """Return an ID3v2.3 tag of padding."""
    digits = bytes((content_bytes >> shift) & 0x7F for shift in (21, 14, 7, 0))
    return b"ID3\3\0\0" + digits + bytes(content_bytes)


def ape() -> bytes:
    """Return an empty APEv2 tag with a header."""
    return b"APETAGEX" + struct.pack("<IIII", 2000, 32, 0, 0xA0000000) + bytes(8)


def before(*tags: bytes) -> Edit:
    return lambda data: b"".join(tags) + data


def after(*tags: bytes) -> Edit:
    return lambda data: data + b"".join(tags)


ID3V1 = b"TAG" + b"a title".ljust(125, b"\0")
COVER = ("-f", "lavfi", "-i", "color=red:s=64x64:d=0.04", "-map", 0, "-map", 1)
ATTACHED = ("-disposition:v:0", "attached_pic")
TITLE = ("-metadata", "title=żółć 呼叫 📞", "-metadata", "artist=a\\;b=c")

FILES: dict[str, Make] = {
    "id3v24.mp3": encoded(*TITLE, "-id3v2_version", 4),
    "id3v23.mp3": encoded(*TITLE, "-id3v2_version", 3),
    "id3v1.mp3": edited(encoded("-id3v2_version", 0), after(ID3V1)),
    "ape-before.mp3": edited(encoded(), before(ape())),
    "ape-after.mp3": edited(encoded(), after(ape())),
    "two-id3.mp3": edited(encoded(), before(id3(100), id3(5000))),
    "large-id3.mp3": edited(encoded(), before(id3(700_000))),
    "cover.mp3": encoded(*COVER, "-c:v", "mjpeg", *ATTACHED),
    "cover.m4a": encoded(*COVER, "-c:a", "aac", "-c:v", "mjpeg", *ATTACHED),
    "cover.flac": encoded(*COVER, "-c:v", "mjpeg", *ATTACHED),
    "id3.flac": edited(encoded(), before(id3(10))),
    "id3.aac": edited(encoded(), before(id3(10))),
    "large-id3.aac": edited(encoded(), before(id3(200_000))),
    "id3.wav": edited(plain, before(id3(10))),
    "id3.ogg": edited(encoded("-c:a", "libvorbis"), before(id3(10))),
    "id3.ac3": edited(encoded("-ar", 48000), before(id3(10))),
    "tagged.ogg": encoded("-c:a", "libvorbis", *TITLE),
    "tagged.opus": encoded(*TITLE),
    "tagged.wav": encoded(*TITLE),
    "tagged.m4a": encoded("-c:a", "aac", *TITLE),
    "tagged.mkv": encoded("-c:a", "aac", *TITLE),
    "tagged.aiff": encoded(*TITLE, "-write_id3v2", 1),
}

CASES = tuple(
    Case(name=f"tag-{file}", file=file, make=make, spoken=any_of(number))
    for number, (file, make) in enumerate(FILES.items())
)
