"""Files that are cut or damaged: half of a file, lost bytes, and streams cut at the start."""

from tests.media.corpus.case import Case, Make
from tests.media.corpus.making import Edit, edited, encoded, of, plain
from tests.media.corpus.speech import GREETING, PROBLEM, TWO, Spoken, any_of
from whisperfarm_contract.media import frames

FIRST = TWO[:1]
PAUSE = 0.56
"""The share of the bytes at which the pause between the two sentences lies, also where silence
takes few bytes."""
OGG_PAUSE = 0.6
"""The same in Ogg files, which start with long headers."""


def cut(share: float = PAUSE) -> Edit:
    return lambda data: data[: round(share * len(data))]


def skip(count: int) -> Edit:
    return lambda data: data[count:]


def flip(count: int, share: float = PAUSE) -> Edit:
    """Invert bytes in the pause."""

    def edit(data: bytes) -> bytes:
        start = round(share * len(data))
        flipped = bytes(byte ^ 0xFF for byte in data[start : start + count])
        return data[:start] + flipped + data[start + count :]

    return edit


def destroy(start_s: float, end_s: float) -> Edit:
    """Invert the frames between these times of a stream without a container."""

    def edit(data: bytes) -> bytes:
        stream = frames.find(data)
        assert stream is not None
        sizes = [(frame.size_bytes, frame.seconds) for frame in frames.follow(data, stream)]
        first, last = (round(seconds / sizes[0][1]) for seconds in (start_s, end_s))
        start = stream.offset + sum(size for size, _ in sizes[:first])
        end = stream.offset + sum(size for size, _ in sizes[:last])
        return data[:start] + bytes(byte ^ 0xFF for byte in data[start:end]) + data[end:]

    return edit


FAR = (Spoken(GREETING), Spoken(PROBLEM, 9.0))
"""Two sentences with a pause of four seconds."""

MISSING = r"(0\.9|1\.[01]) s of audio are missing \((5\.9|6\.[01]) to (6\.9|7\.[01]) s"

CBR = ("-c:a", "libmp3lame", "-b:a", "64k")
AAC = ("-c:a", "aac")

TRUNCATED = r"truncated: it has [4-6]\.\d s of audio, and 10\.[0-4] s according"

HALVES: dict[str, Make] = {
    "half.wav": plain,
    "half.mp3": encoded(*CBR),
    "half.flac": encoded(),
    "half.aiff": encoded(),
    "half.au": encoded(),
    "half.w64": encoded(),
    "half.webm": encoded("-c:a", "libopus"),
    "half.mkv": encoded(*AAC),
    "half.m4a": encoded(*AAC, "-movflags", "+faststart"),
    "half.wma": encoded("-c:a", "wmav2"),
    "half.flv": encoded(*AAC, "-ar", 44100),
}

NOTICED_BY_DECODER = {"half.flac", "half.webm", "half.mkv", "half.m4a", "half.wma", "half.flv"}
"""The decoder reports an error at the end of these files."""

OGG_HALVES: dict[str, Make] = {
    "half.opus": encoded("-page_duration", 200_000),
    "half.ogg": encoded("-c:a", "libvorbis", "-page_duration", 200_000),
}

STARTS: dict[str, Make] = {
    "mid-frame.mp3": edited(encoded(*CBR, "-write_xing", 0, "-id3v2_version", 0), skip(77)),
    "zeros.mp3": edited(encoded(*CBR), lambda data: bytes(1000) + data),
    "mid-frame.aac": edited(encoded(*AAC), skip(77)),
    "mid-packet.ts": edited(encoded(*AAC), skip(100)),
    "mid-frame.ac3": edited(encoded("-ar", 48000), skip(77)),
    "mid-frame.mp2": edited(encoded("-ar", 48000), skip(77)),
    "mid-pack.mpg": edited(encoded("-c:a", "mp2", "-ar", 48000), lambda data: b"\xab" * 50 + data),
}

CASES = (
    *(
        Case(
            name=f"damaged-{file}",
            file=file,
            make=edited(of(TWO, make), cut()),
            spoken=FIRST,
            warnings=(TRUNCATED, *(("error",) if file in NOTICED_BY_DECODER else ())),
            tolerance_s=0.3,
        )
        for file, make in HALVES.items()
    ),
    *(
        Case(
            name=f"damaged-{file}",
            file=file,
            make=edited(of(TWO, make), cut(OGG_PAUSE)),
            spoken=FIRST,
            warnings=("without the mark of its end",),
        )
        for file, make in OGG_HALVES.items()
    ),
    *(
        Case(
            name=f"damaged-{file}",
            file=file,
            make=make,
            spoken=any_of(number),
            tolerance_s=0.35,  # frames of silence are small, so that several are lost
        )
        for number, (file, make) in enumerate(STARTS.items())
    ),
    *(
        Case(
            name=f"damaged-{file}",
            file=file,
            make=edited(make, flip(300)),
            spoken=TWO,
            warnings=("error",),
        )
        for file, make in {
            "flipped.flac": encoded(),
            "flipped.mka": encoded("-c:a", "flac"),
        }.items()
    ),
    *(
        Case(
            name=f"damaged-{file}",
            file=file,
            make=edited(make, destroy(6.0, 7.0)),
            spoken=FAR,
            warnings=("bytes between its frames are not audio", MISSING),
        )
        for file, make in {
            "destroyed.aac": encoded(*AAC),
            "destroyed.mp3": encoded(*CBR),
            "destroyed.mp2": encoded("-ar", 48000),
        }.items()
    ),
)
