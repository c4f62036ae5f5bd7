"""What ffmpeg is told."""

import sys
from pathlib import Path

import pytest

from whisperfarm_contract.media import CONTAINERS
from whisperfarm_contract.problems import SettingsWrong
from whisperfarm_worker.pipeline.audio import ffmpeg
from whisperfarm_worker.pipeline.audio.ffmpeg import Input, command, locate, plain

FILE = Path("/data/a call.wav")


def _command(**source: object) -> list[str]:
    return command("ffmpeg", Input(path=FILE, **source), longest_s=60.0)  # type: ignore[arg-type]


def _after(words: list[str], option: str) -> list[str]:
    return [words[number + 1] for number, word in enumerate(words) if word == option]


def test_the_container_is_named_and_only_files_and_pipes_are_opened() -> None:
    words = _command(container=CONTAINERS["mp4"])
    assert _after(words, "-f")[0] == "mov"
    assert _after(words, "-protocol_whitelist") == ["file,pipe"]
    assert words.index("-protocol_whitelist") < words.index("-i")


def test_the_input_is_a_file_whatever_its_name() -> None:
    assert _after(_command(container=CONTAINERS["wav"]), "-i") == ["file:/data/a call.wav"]


def test_headerless_audio_is_read_as_the_caller_says() -> None:
    words = _command(encoding="alaw", sample_rate_hz=8000)
    assert _after(words, "-f")[0] == "alaw"
    assert _after(words, "-sample_rate") == ["8000"]
    assert "-af" not in words


def test_a_wrong_header_is_overruled() -> None:
    words = _command(container=CONTAINERS["wav"], sample_rate_hz=8000)
    assert _after(words, "-af") == ["asetrate=8000"]
    assert "-sample_rate" not in words


def test_the_output_is_bounded() -> None:
    assert _after(_command(container=CONTAINERS["wav"]), "-t") == ["61.000"]


def test_a_line_is_made_plain() -> None:
    source = Input(path=FILE, container=CONTAINERS["wav"])
    assert plain("[wav @ 0x55cb] no 'data' tag found", source) == "no 'data' tag found"
    assert plain("file:/data/a call.wav: Invalid data", source) == "Invalid data"
    assert plain("Error opening input file file:/data/a call.wav.", source) == (
        "Error opening input file the file."
    )


def test_the_ffmpeg_that_is_set_is_taken() -> None:
    assert locate(sys.executable) == sys.executable


def test_an_ffmpeg_that_is_set_and_not_there_is_wrong() -> None:
    with pytest.raises(SettingsWrong, match=r"WHISPERFARM_FFMPEG.*/no/such"):
        locate("/no/such/ffmpeg")


def test_without_one_on_the_path_the_bundled_one_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert "imageio_ffmpeg" in locate(None)


def test_without_any_the_operator_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr(ffmpeg, "_bundled", lambda: None)
    with pytest.raises(SettingsWrong, match="install it"):
        locate(None)
