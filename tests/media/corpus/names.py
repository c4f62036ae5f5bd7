"""File names: those that are not ASCII, long, misleading, or that look like something else."""

from tests.media.corpus.case import Case
from tests.media.corpus.making import encoded, plain
from tests.media.corpus.speech import any_of

NAMES = {
    "spaces": "my  call .wav",
    "polish": "żółć.wav",
    "emoji": "呼叫 📞.wav",
    "right-to-left": "שיחה.wav",
    "combining": "cafe\u0301.wav",
    "quotes": "a \"b\" 'c'.wav",
    "semicolon": "a;b=c.wav",
    "percent": "100 % of %s.wav",
    "option": "-f.wav",
    "hidden": ".wav",
    "dots": "..call..wav..",
    "backslash": "a\\b.wav",
    "protocol": "file:call.wav",
    "pattern": "call-%03d [1]*.wav",
    "long": "x" * 240 + ".wav",
    "none": "call",
    "capitals": "CALL.WAV",
}

WRONG = {
    "mp3-called.wav": ("-f", "mp3"),
    "wav-called.mp3": ("-f", "wav"),
    "mp4-called.ogg": ("-c:a", "aac", "-f", "mp4"),
    "flac-called.txt": ("-f", "flac"),
    "matroska-called.m3u8": ("-c:a", "aac", "-f", "matroska"),
    "wav-called.concat": ("-f", "wav"),
}
"""Files with the extension of another format."""

CASES = (
    *(
        Case(name=f"name-{name}", file=file, make=plain, spoken=any_of(number))
        for number, (name, file) in enumerate(NAMES.items())
    ),
    *(
        Case(name=f"name-{file}", file=file, make=encoded(*arguments), spoken=any_of(number))
        for number, (file, arguments) in enumerate(WRONG.items())
    ),
)
