"""Files that are rejected: they are not media, refer to other files, or have no sound."""

import gzip
import io
import json
import random
import zipfile

from tests.media.corpus.case import Case, Make
from tests.media.corpus.making import content, edited, encoded, plain, run_ffmpeg
from tests.support.recordings import wav


def _zip() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("call.wav", wav())
    return file.getvalue()


WORDS = "hello thank you for calling customer support\n" * 200

UNREADABLE: dict[str, Make] = {
    "call.pdf": content(b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n%%EOF\n" + bytes(500)),
    "call.zip": content(_zip()),
    "call.wav.gz": content(gzip.compress(wav())),
    "call.txt": content(WORDS),
    "utf-16.txt": content(WORDS.encode("utf-16")),
    "call.csv": content("start,end,text\n0,1,hello\n"),
    "call.srt": content("1\n00:00:00,000 --> 00:00:01,000\nhello\n"),
    "call.html": content("<!DOCTYPE html><html><body><audio src='call.wav'></body></html>"),
    "call.xml": content("<?xml version='1.0'?><call/>"),
    "call.svg": content("<svg xmlns='http://www.w3.org/2000/svg'/>"),
    "call.json": content(json.dumps({"text": "hello"})),
    "call.mpd": content("<?xml version='1.0'?><MPD><Period/></MPD>"),
    "call.m3u": content("#EXTM3U\n#EXTINF:1,a\nfile:///etc/passwd\n"),
    "call.m3u8": content("#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nhttp://127.0.0.1/a.ts\n"),
    "call.pls": content("[playlist]\nFile1=/etc/passwd\nNumberOfEntries=1\n"),
    "call.concat": content("ffconcat version 1.0\nfile /etc/passwd\n"),
    "call.sdp": content("v=0\no=- 0 0 IN IP4 127.0.0.1\nm=audio 5004 RTP/AVP 0\n"),
    "call.cue": content('FILE "call.wav" WAVE\n  TRACK 01 AUDIO\n'),
    "call.mid": content(b"MThd\0\0\0\6\0\0\0\1\0\x60MTrk\0\0\0\4\0\xff\x2f\0"),
    "call.png": content(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(200)),
    "call.jpg": lambda case, path: run_ffmpeg(path, (), *_PICTURE, "-frames:v", 1),
    "call.gif": lambda case, path: run_ffmpeg(path, (), *_PICTURE, "-t", 1),
    "call.elf": content(b"\x7fELF\2\1\1" + bytes(500)),
    "call.sqlite": content(b"SQLite format 3\0" + bytes(500)),
    "zeros.bin": content(bytes(100_000)),
    "random.bin": content(random.Random(7).randbytes(2_000)),
    "one.byte": content(b"R"),
    "riff.wav": content(b"RIFF"),
    "no-chunk.wav": content(b"RIFF\x24\0\0\0WAVE"),
    "other.riff": content(b"RIFF\x24\0\0\0ACON" + bytes(100)),
    "ftyp-only.mp4": content(b"\0\0\0\x18ftypisom\0\0\2\0isomiso2"),
    "no-index.mp4": edited(encoded("-c:a", "aac"), lambda data: data[: len(data) // 2]),
    "header-only.webm": edited(encoded("-c:a", "libopus"), lambda data: data[:110]),
    "header-only.flac": content(b"fLaC"),
}

_PICTURE = ("-f", "lavfi", "-i", "testsrc=s=64x64:d=2:r=5")


def _picture_alone(*arguments: object) -> Make:
    return lambda case, path: run_ffmpeg(path, (), *_PICTURE, *arguments)


WITHOUT_SOUND = {
    "silent-film.mp4": ("-c:v", "mpeg4"),
    "silent-film.mkv": ("-c:v", "mpeg4"),
    "silent-film.webm": ("-c:v", "libvpx"),
    "silent-film.avi": ("-c:v", "mpeg4"),
    "silent-film.ts": ("-r", 25, "-c:v", "mpeg2video"),
    "silent-film.flv": ("-c:v", "flv"),
}

EMPTY: dict[str, Make] = {
    "empty.wav": content(b""),
    "no-samples.wav": edited(plain, lambda data: data[:44]),
}


def _rejected(file: str, make: Make, problem: str) -> Case:
    return Case(name=f"rejected-{file}", file=file, make=make, problem=problem)


CASES = (
    *(_rejected(file, make, "audio-unreadable") for file, make in UNREADABLE.items()),
    *(
        _rejected(file, _picture_alone(*arguments), "no-audio-track")
        for file, arguments in WITHOUT_SOUND.items()
    ),
    *(_rejected(file, make, "audio-empty") for file, make in EMPTY.items()),
)
