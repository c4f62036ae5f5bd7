"""Files with several audio tracks."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.media.conftest import GREETING, Ffmpeg, Sound, Transcribe, Write, silence
from whisperfarm_contract.problems import AudioUnreadable, InvalidOption

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::UserWarning"),
    pytest.mark.filterwarnings("ignore::RuntimeWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
]

Make = Callable[..., Path]


@pytest.fixture
def tracks(write: Write, ffmpeg: Ffmpeg) -> Make:
    """Writes a file with these sounds as its tracks, in these languages."""

    def make(name: str, *sounds: Sound, languages: tuple[str, ...] = ()) -> Path:
        arguments: list[object] = []
        for number, sound in enumerate(sounds):
            arguments += ["-i", write(f"{number}.wav", sound)]
        for number, language in enumerate(languages):
            arguments += [f"-metadata:s:a:{number}", f"language={language}"]
        maps = [part for number in range(len(sounds)) for part in ("-map", number)]
        return ffmpeg(*arguments[: 2 * len(sounds)], *maps, *arguments[2 * len(sounds) :],
                      "-c:a", "aac", "-ar", 48000, name)  # fmt: skip

    return make


def test_silent_first_track_gives_way_to_the_next(
    tracks: Make, transcribe: Transcribe, greeting: Sound
) -> None:
    made = transcribe(tracks("call.mp4", silence(6.0), silence(6.0), greeting))
    assert made.text == GREETING
    assert "3 audio tracks" in made.warnings[0]
    assert "only track 2 was transcribed because those before it are silent" in made.warnings[0]


def test_click_does_not_make_a_track_sound(
    tracks: Make, transcribe: Transcribe, greeting: Sound
) -> None:
    click = silence(6.0)
    click[1000:1100] = 20_000
    assert transcribe(tracks("call.mkv", click, greeting)).text == GREETING


def test_quiet_first_track_is_not_taken_for_silence(
    tracks: Make, transcribe: Transcribe, greeting: Sound, problem: Sound
) -> None:
    quiet = (greeting / 50).astype(np.int16)
    assert transcribe(tracks("call.mkv", quiet, problem)).text == GREETING


def test_silent_tracks_alone_give_an_empty_transcript(tracks: Make, transcribe: Transcribe) -> None:
    made = transcribe(tracks("call.mp4", silence(2.0), silence(2.0)))
    assert made.text == ""
    assert "all are silent" in made.warnings[0]


def test_missing_track_is_rejected_with_those_that_exist(
    tracks: Make, transcribe: Transcribe, greeting: Sound, problem: Sound
) -> None:
    file = tracks("call.mp4", greeting, problem, languages=("eng", "ger"))
    with pytest.raises(InvalidOption, match=r"choose one of 0 \(eng\), 1 \(ger\)"):
        transcribe(file, track="fr")


def _replace(path: Path, old: bytes, new: bytes) -> Path:
    """Replace the first occurrence of `old`."""
    content = path.read_bytes()
    assert old in content
    path.write_bytes(content.replace(old, new, 1))
    return path


UNKNOWN_CODECS = {
    "call.mp4": {b"mp4a": b"xyza", b"esds": b"xyzs"},
    "call.mkv": {b"A_AAC": b"A_XYZ"},
}
"""What is replaced in files with these names, so that the first track has an unknown codec."""


def _forget_codec(path: Path) -> Path:
    for old, new in UNKNOWN_CODECS[path.name].items():
        _replace(path, old, new)
    return path


@pytest.mark.parametrize("name", UNKNOWN_CODECS)
def test_track_that_cannot_be_decoded_gives_way_to_the_next(
    tracks: Make, transcribe: Transcribe, greeting: Sound, problem: Sound, name: str
) -> None:
    file = _forget_codec(tracks(name, problem, silence(6.0), greeting))
    made = transcribe(file)
    assert made.text == GREETING
    choice, skipped = made.warnings[:2]
    assert "because those before it are silent or cannot be decoded" in choice
    assert skipped.startswith("track 0 was skipped: the audio cannot be decoded: ")


def test_track_that_cannot_be_decoded_does_not_hide_silence(
    tracks: Make, transcribe: Transcribe, greeting: Sound
) -> None:
    file = _forget_codec(tracks("call.mkv", greeting, silence(2.0)))
    made = transcribe(file)
    assert made.text == ""
    assert "all others are silent or cannot be decoded" in made.warnings[0]


def test_chosen_track_that_cannot_be_decoded_is_rejected(
    tracks: Make, transcribe: Transcribe, greeting: Sound, problem: Sound
) -> None:
    file = _forget_codec(tracks("call.mkv", problem, greeting))
    with pytest.raises(AudioUnreadable):
        transcribe(file, track="0")


def test_file_without_a_track_that_can_be_decoded_is_rejected(
    tracks: Make, transcribe: Transcribe, greeting: Sound, problem: Sound
) -> None:
    file = tracks("call.mkv", problem, greeting)
    _forget_codec(_forget_codec(file))
    with pytest.raises(AudioUnreadable):
        transcribe(file)
