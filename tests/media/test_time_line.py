"""Times of words: they count from the container's start, whatever is missing on the way."""

import subprocess
from pathlib import Path

import numpy as np
import pytest

from tests.media.conftest import (
    GREETING,
    PROBLEM,
    Ffmpeg,
    Sound,
    Transcribe,
    Write,
    silence,
)
from whisperfarm_contract.transcript import Transcript
from whisperfarm_worker.pipeline.audio.ffmpeg import find_ffmpeg

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::UserWarning"),
    pytest.mark.filterwarnings("ignore::RuntimeWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
]

PICTURE = ("-f", "lavfi", "-i", "testsrc=s=64x64:d=20")


def _first_word_s(made: Transcript) -> float:
    return next(made.words()).start


def _start_of(made: Transcript, text: str) -> float:
    """The start of the sentence with this text."""
    words = text.split()
    found = [word.text for word in made.words()]
    first = next(at for at in range(len(found)) if found[at : at + len(words)] == words)
    return list(made.words())[first].start


@pytest.mark.parametrize(
    ("name", "codecs"),
    [
        ("late.mkv", ("-c:a", "aac", "-c:v", "mpeg4")),
        ("late.ts", ("-c:a", "aac", "-c:v", "mpeg2video")),
    ],
)
def test_sound_that_starts_late_keeps_its_times(
    *,
    write: Write,
    ffmpeg: Ffmpeg,
    transcribe: Transcribe,
    greeting: Sound,
    name: str,
    codecs: tuple[str, ...],
) -> None:
    on_time = transcribe(write("call.wav", greeting))
    late = ffmpeg("-itsoffset", 5, "-i", write("call.wav", greeting), *PICTURE, "-map", 0, "-map",
                  1, *codecs, name)  # fmt: skip
    made = transcribe(late)
    assert made.text == GREETING
    assert _first_word_s(made) == pytest.approx(_first_word_s(on_time) + 5, abs=0.15)
    assert made.coverage.gaps == ()


@pytest.fixture
def parts(greeting: Sound, problem: Sound) -> Sound:
    """The greeting, 15 seconds of silence, and the problem."""
    return np.concatenate([greeting, silence(15.0), problem, silence(0.3)])


def _assert_hole(made: Transcript, parts: Sound, problem: Sound, seconds: float) -> None:
    assert made.text == f"{GREETING} {PROBLEM}"
    assert made.duration == pytest.approx(len(parts) / 16_000, abs=0.2)
    starts_s = (len(parts) - len(problem)) / 16_000 - 0.3
    assert _start_of(made, PROBLEM) == pytest.approx(starts_s, abs=0.3)
    gaps = made.coverage.gaps
    assert sum(gap.end - gap.start for gap in gaps) == pytest.approx(seconds, abs=0.3)
    assert 5.5 < gaps[0].start < gaps[-1].end < 19
    assert "of audio are missing" in " ".join(made.warnings)
    assert made.coverage.transcribed_s == made.coverage.speech_s


@pytest.mark.parametrize("name", ["hole.mp4", "hole.ts"])
def test_hole_in_the_time_stamps_keeps_later_times(
    *,
    write: Write,
    ffmpeg: Ffmpeg,
    transcribe: Transcribe,
    parts: Sound,
    problem: Sound,
    name: str,
) -> None:
    whole = write("call.wav", parts)
    hole = ffmpeg("-i", whole, "-af", "aselect='not(between(t,6,18))'", "-c:a", "aac", name)
    _assert_hole(transcribe(hole), parts, problem, 12.0)


def test_lost_packets_of_a_transport_stream_keep_later_times(
    write: Write, ffmpeg: Ffmpeg, transcribe: Transcribe, parts: Sound, problem: Sound
) -> None:
    stream = ffmpeg("-i", write("call.wav", parts), "-ar", 48000, "-c:a", "mp2", "call.ts")
    content = stream.read_bytes()
    packets = [content[at : at + 188] for at in range(0, len(content), 188)]
    # MP2 has a constant bit rate, so time is a share of the packets.
    per_s = len(packets) / (len(parts) / 16_000)
    stream.write_bytes(b"".join(packets[: int(7 * per_s)] + packets[int(17 * per_s) :]))
    _assert_hole(transcribe(stream), parts, problem, 10.0)


def _ogg_pages(content: bytes) -> list[bytes]:
    starts = [at for at in range(len(content)) if content.startswith(b"OggS\0", at)]
    return [content[at:end] for at, end in zip(starts, [*starts[1:], len(content)], strict=True)]


def test_lost_ogg_pages_keep_later_times(
    write: Write, ffmpeg: Ffmpeg, transcribe: Transcribe, parts: Sound, problem: Sound
) -> None:
    source = write("call.wav", parts)
    stream = ffmpeg("-i", source, "-c:a", "libopus", "-page_duration", 1_000_000, "call.ogg")
    pages = _ogg_pages(stream.read_bytes())  # the first two are headers
    stream.write_bytes(b"".join(pages[:9] + pages[17:]))
    _assert_hole(transcribe(stream), parts, problem, 8.0)


CLEAN = {
    "call.mp3": ("-c:a", "libmp3lame"),
    "call.ogg": ("-c:a", "libvorbis"),
    "call.webm": ("-c:a", "libopus"),
    "call.m4a": ("-c:a", "aac"),
    "call.ts": ("-c:a", "aac"),
}


@pytest.mark.parametrize("name", CLEAN)
def test_clean_file_has_no_gap_warning_or_shift(
    write: Write, ffmpeg: Ffmpeg, transcribe: Transcribe, talk: Sound, name: str
) -> None:
    made = transcribe(ffmpeg("-i", write("call.wav", talk), *CLEAN[name], name))
    assert made.warnings == ()
    assert made.coverage.gaps == ()
    assert _start_of(made, "hello i am calling") == pytest.approx(4.84, abs=0.15)


def test_joined_files_follow_each_other(
    write: Write, ffmpeg: Ffmpeg, transcribe: Transcribe, greeting: Sound, problem: Sound
) -> None:
    parts = [
        ffmpeg("-i", write(f"{number}.wav", sound), "-c:a", "libmp3lame", f"{number}.mp3")
        for number, sound in enumerate((greeting, problem))
    ]
    joined = parts[0].with_name("joined.mp3")
    joined.write_bytes(b"".join(part.read_bytes() for part in parts))
    made = transcribe(joined)
    assert made.text == f"{GREETING} {PROBLEM}"
    assert made.coverage.gaps == ()
    assert made.duration == pytest.approx(len(greeting) / 16_000 + len(problem) / 16_000, abs=0.3)


def _plain_samples(file: Path) -> bytes:
    command = [find_ffmpeg(None), "-v", "error", "-i", str(file), "-map", "0:a:0"]
    command += ["-ar", "16000", "-ac", "1", "-f", "s16le", "-"]
    return subprocess.run(command, check=True, timeout=60, stdout=subprocess.PIPE).stdout


def test_clean_file_has_the_samples_of_plain_ffmpeg(
    write: Write, ffmpeg: Ffmpeg, transcribe: Transcribe, talk: Sound
) -> None:
    file = ffmpeg("-i", write("call.wav", talk), "-ar", 44100, "-c:a", "aac", "call.m4a")
    plain = len(_plain_samples(file)) / 2 / 16_000
    assert transcribe(file).duration == pytest.approx(plain, abs=0.001)
