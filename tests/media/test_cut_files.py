"""Files that are shorter than their header states."""

from pathlib import Path

import pytest

from tests.media.conftest import Ffmpeg, Sound, Transcribe, Write

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::UserWarning"),
    pytest.mark.filterwarnings("ignore::RuntimeWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
]

PICTURE = ("-f", "lavfi", "-i", "testsrc=s=64x64:d=10", "-map", "0", "-map", "1", "-c:v", "mpeg4")


def _half(path: Path) -> Path:
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    return path


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("call.mp3", ("-c:a", "libmp3lame")),
        ("call.mp4", (*PICTURE, "-c:a", "aac", "-movflags", "+faststart")),
        ("call.mkv", (*PICTURE, "-c:a", "aac")),
    ],
)
def test_half_of_a_file_gives_a_warning_with_both_lengths(
    *,
    write: Write,
    ffmpeg: Ffmpeg,
    transcribe: Transcribe,
    talk: Sound,
    name: str,
    arguments: tuple[str, ...],
) -> None:
    made = transcribe(_half(ffmpeg("-i", write("whole.wav", talk), *arguments, name)))
    found_s, stated_s = _lengths(made.warnings[0])
    assert found_s == pytest.approx(made.duration, abs=0.1)
    assert stated_s == pytest.approx(len(talk) / 16_000, abs=0.3)


def _lengths(warning: str) -> tuple[float, float]:
    """The two figures of the warning about a truncated file."""
    assert "truncated" in warning
    found, stated = (float(word) for word in warning.split() if word[0].isdigit())
    return found, stated


def test_half_of_an_ogg_file_gives_a_warning_with_its_length(
    write: Write, ffmpeg: Ffmpeg, transcribe: Transcribe, talk: Sound
) -> None:
    opus = ("-c:a", "libopus", "-page_duration", 200_000)
    made = transcribe(_half(ffmpeg("-i", write("whole.wav", talk), *opus, "a.ogg")))
    assert f"ends after {made.duration:.1f} s of audio" in made.warnings[0]


def test_picture_that_outlasts_the_sound_gives_no_warning(
    write: Write, ffmpeg: Ffmpeg, transcribe: Transcribe, talk: Sound
) -> None:
    for name in ("call.mp4", "call.mkv", "call.avi"):
        file = ffmpeg("-i", write("call.wav", talk), *PICTURE, "-c:a", "libmp3lame", name)
        assert transcribe(file).warnings == ()
