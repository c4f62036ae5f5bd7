"""Invalid input gets a problem with a stable name, and the farm goes on."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import imageio_ffmpeg
import pytest

from tests.acceptance.phrases import Phrase
from tests.support.farm import EmbeddedFarm, whisper_remote
from tests.support.recordings import wav

pytestmark = pytest.mark.slow


def text_called_wav(path: Path) -> None:
    path.write_text("this is not audio\n" * 100)


def video_without_sound(path: Path) -> None:
    source = ["-f", "lavfi", "-i", "testsrc=duration=1:size=64x64:rate=5"]
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-loglevel", "error", *source, "-f", "mp4", path]
    subprocess.run(command, check=True)


@pytest.mark.parametrize(
    ("make", "name", "code"),
    [
        (text_called_wav, "audio-unreadable", 65),
        (video_without_sound, "no-audio-track", 65),
    ],
)
def test_invalid_file_gives_a_problem_name_and_an_exit_code(
    farm: EmbeddedFarm, tmp_path: Path, make: Callable[[Path], None], name: str, code: int
) -> None:
    bad = tmp_path / "call.wav"
    make(bad)
    ended = whisper_remote(bad, "-f", "json", "-o", tmp_path, url=farm.url)
    assert (ended.returncode, ended.stdout) == (code, "")
    assert f" {name}: " in ended.stderr
    assert len(ended.stderr.splitlines()) == 1
    assert not (tmp_path / "call.json").exists()


def test_silence_gives_an_empty_result(farm: EmbeddedFarm, tmp_path: Path) -> None:
    (tmp_path / "call.wav").write_bytes(wav(seconds=3))
    ended = whisper_remote(tmp_path / "call.wav", "-f", "json", "-o", tmp_path, url=farm.url)
    assert ended.returncode == 0, ended.stderr
    written = json.loads((tmp_path / "call.json").read_text(encoding="utf-8"))
    assert written["text"] == ""
    assert written["segments"] == []
    assert written["coverage"] == {
        "audio_s": 3.0, "speech_s": 0.0, "transcribed_s": 0.0, "interpolated_words": 0, "gaps": [],
    }  # fmt: skip
    assert written["warnings"]


def test_truncated_wav_is_transcribed_with_a_warning(
    farm: EmbeddedFarm, phrases: list[Phrase], tmp_path: Path
) -> None:
    whole = phrases[0].path.read_bytes()
    (tmp_path / "call.wav").write_bytes(whole[: len(whole) * 3 // 4])
    ended = whisper_remote(tmp_path / "call.wav", "-f", "json", "-o", tmp_path, url=farm.url)
    assert ended.returncode == 0, ended.stderr
    written = json.loads((tmp_path / "call.json").read_text(encoding="utf-8"))
    assert written["text"]
    assert any("truncated" in warning for warning in written["warnings"]), written["warnings"]


@pytest.mark.parametrize(
    ("options", "status", "name"),
    [
        ({"model": "enormous"}, 422, "unknown-model"),
        ({"language": "klingon"}, 422, "unknown-language"),
        ({"language": "de"}, 422, "unknown-language"),
        ({"beam_size": "many"}, 422, "invalid-option"),
        ({"vad_onset": "nan"}, 422, "invalid-option"),
        ({"diarize": "perhaps"}, 422, "invalid-option"),
        ({"lanugage": "en"}, 422, "unknown-option"),
        ({"wait": "forever"}, 422, "invalid-option"),
        ({"format": "pdf", "wait": "1"}, 422, "unknown-format"),
    ],
)
def test_invalid_options_are_named(
    farm: EmbeddedFarm, phrases: list[Phrase], options: dict[str, str], status: int, name: str
) -> None:
    answer = farm.http.post(
        "/v1/jobs", params=options, content=phrases[0].path.read_bytes(),
        headers={"Content-Type": "audio/wav"},
    )  # fmt: skip
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["name"] == name
    assert next(iter(options.values())) in answer.json()["detail"] or name == "unknown-option"


def test_body_over_the_limit_is_rejected(farm: EmbeddedFarm, tmp_path: Path) -> None:
    huge = tmp_path / "huge.wav"
    huge.write_bytes(wav(bytes(65 * 2**20)))
    ended = whisper_remote(huge, "-o", tmp_path, url=farm.url)
    assert ended.returncode == 65
    assert " audio-too-large: " in ended.stderr


def test_unknown_output_format_is_rejected_before_sending(tmp_path: Path) -> None:
    ended = whisper_remote("call.wav", "--output_format", "pdf", url="http://127.0.0.1:9")
    assert ended.returncode == 64
    assert "pdf" in ended.stderr


def test_unreachable_dispatcher_is_reported(phrases: list[Phrase], tmp_path: Path) -> None:
    ended = whisper_remote(
        phrases[0].path, "-o", tmp_path, url="http://127.0.0.1:9",
        WHISPERFARM_CONNECT_TIMEOUT="1",
    )  # fmt: skip
    assert ended.returncode == 69
    assert " farm-unavailable: " in ended.stderr
    assert "127.0.0.1:9" in ended.stderr


def test_farm_works_after_bad_input(farm: EmbeddedFarm, phrases: list[Phrase]) -> None:
    document = farm.ended(farm.submit(phrases[0].path, model="demo"))
    assert document["state"] == "succeeded"
    assert farm.result(document["id"]).json()["text"] == phrases[0].text
