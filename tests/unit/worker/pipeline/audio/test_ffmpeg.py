"""The arguments of ffmpeg."""

import sys
from pathlib import Path

import pytest

from whisperfarm_contract.media import CONTAINERS
from whisperfarm_contract.problems import InvalidSettings
from whisperfarm_worker.pipeline.audio import ffmpeg
from whisperfarm_worker.pipeline.audio.ffmpeg import Input, command, find_ffmpeg, sanitize

FILE = Path("/data/a call.wav")


def _command(**source: object) -> list[str]:
    return command("ffmpeg", Input(path=FILE, **source), max_audio_s=60.0)  # type: ignore[arg-type]


def _after(words: list[str], option: str) -> list[str]:
    return [words[number + 1] for number, word in enumerate(words) if word == option]


def test_command_names_the_demuxer_and_limits_protocols() -> None:
    words = _command(container=CONTAINERS["mp4"])
    assert _after(words, "-f")[0] == "mov"
    assert _after(words, "-protocol_whitelist") == ["file,pipe"]
    assert words.index("-protocol_whitelist") < words.index("-i")


def test_command_passes_the_input_as_a_file() -> None:
    assert _after(_command(container=CONTAINERS["wav"]), "-i") == ["file:/data/a call.wav"]


def test_command_reads_headerless_audio_as_declared() -> None:
    words = _command(encoding="alaw", sample_rate_hz=8000)
    assert _after(words, "-f")[0] == "alaw"
    assert _after(words, "-sample_rate") == ["8000"]
    assert _after(words, "-af") == ["aresample=16000,atrim=duration=61.000,ashowinfo"]


def test_command_skips_what_precedes_the_container() -> None:
    words = _command(container=CONTAINERS["flac"], offset=20)
    assert _after(words, "-skip_initial_bytes") == ["20"]
    assert words.index("-skip_initial_bytes") < words.index("-i")
    assert "-skip_initial_bytes" not in _command(container=CONTAINERS["flac"])


def test_command_names_the_codec_of_vox() -> None:
    words = _command(encoding="vox", sample_rate_hz=6000)
    assert (_after(words, "-f")[0], _after(words, "-c:a")[0]) == ("u8", "adpcm_ima_oki")
    assert _after(words, "-sample_rate") == ["6000"]


def test_command_overrides_a_wrong_sample_rate() -> None:
    words = _command(container=CONTAINERS["wav"], sample_rate_hz=8000)
    assert _after(words, "-af") == ["asetrate=8000,aresample=16000,atrim=duration=61.000,ashowinfo"]
    assert "-sample_rate" not in words


def test_command_limits_the_output() -> None:
    (filters,) = _after(_command(container=CONTAINERS["wav"]), "-af")
    assert "atrim=duration=61.000" in filters.split(",")


def test_sanitize_removes_addresses_and_paths() -> None:
    source = Input(path=FILE, container=CONTAINERS["wav"])
    assert sanitize("[wav @ 0x55cb] no 'data' tag found", source) == "no 'data' tag found"
    assert sanitize("file:/data/a call.wav: Invalid data", source) == "Invalid data"
    assert sanitize("Error opening input file file:/data/a call.wav.", source) == (
        "Error opening input file the file."
    )


def test_find_ffmpeg_prefers_the_setting() -> None:
    assert find_ffmpeg(sys.executable) == sys.executable


def test_find_ffmpeg_rejects_a_missing_program() -> None:
    with pytest.raises(InvalidSettings, match=r"WHISPERFARM_FFMPEG.*/no/such"):
        find_ffmpeg("/no/such/ffmpeg")


def test_find_ffmpeg_falls_back_to_the_bundled_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert "imageio_ffmpeg" in find_ffmpeg(None)


def test_find_ffmpeg_raises_without_any(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr(ffmpeg, "_bundled", lambda: None)
    with pytest.raises(InvalidSettings, match="install it"):
        find_ffmpeg(None)
