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


def _pieces(file: Path, mark: bytes) -> list[bytes]:
    """Return the bytes of a file cut before each mark."""
    first, *others = file.read_bytes().split(mark)
    return [first, *(mark + one for one in others)]


def test_short_piece_of_opus_from_the_middle_has_its_words_and_times(
    write: Write, ffmpeg: Ffmpeg, transcribe: Transcribe, talk: Sound, tmp_path: Path
) -> None:
    call = write("call.wav", talk)
    ogg = _pieces(
        ffmpeg("-i", call, "-c:a", "libopus", "-page_duration", 200_000, "a.ogg"), b"OggS"
    )
    webm = _pieces(
        ffmpeg("-i", call, "-c:a", "libopus", "-cluster_time_limit", 200, "a.webm"),
        b"\x1f\x43\xb6\x75",
    )
    for name, data, start_s in (
        ("piece.ogg", b"".join([*ogg[:3], *ogg[8:12]]), 0.0),
        ("piece.webm", webm[0] + b"".join(webm[6:10]), 0.9),
    ):
        file = tmp_path / name
        file.write_bytes(data)
        made = transcribe(file)
        assert made.duration < start_s + 1.5
        assert {"calling", "customer"} & set(made.text.split())
        spans = [(word.start, word.end) for word in made.words()]
        assert [span for span in spans if not start_s <= span[0] < span[1] <= made.duration] == []
        assert any("truncated" in warning for warning in made.warnings)


def test_picture_that_outlasts_the_sound_gives_no_warning(
    write: Write, ffmpeg: Ffmpeg, transcribe: Transcribe, talk: Sound
) -> None:
    for name in ("call.mp4", "call.mkv", "call.avi"):
        file = ffmpeg("-i", write("call.wav", talk), *PICTURE, "-c:a", "libmp3lame", name)
        assert transcribe(file).warnings == ()
