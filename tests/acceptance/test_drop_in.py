"""`whisper-remote` replaces the `whisper` command."""

import json
from pathlib import Path
from typing import Any

import pytest
import srt
import webvtt
import whisper.utils

from tests.support.farm import EmbeddedFarm, whisper_remote

TEXT_FORMATS = ("txt", "vtt", "srt", "tsv")


def turns(reference: Path) -> list[dict[str, Any]]:
    """Return the speaker turns with which the sample was made."""
    received: list[dict[str, Any]] = json.loads(reference.read_text(encoding="utf-8"))["turns"]
    return received


def test_recording_servers_call_writes_words_speakers_and_times(
    farm: EmbeddedFarm, support_call: Path, tmp_path: Path
) -> None:
    ended = whisper_remote(
        support_call, "--model", "demo", "--output_dir", tmp_path, "--output_format", "json",
        "--task", "transcribe", "--language", "en", "--device", "cuda", "--fp16", "True",
        url=farm.url,
    )  # fmt: skip
    assert (ended.returncode, ended.stderr) == (0, "")

    written = json.loads((tmp_path / "support-call.json").read_text(encoding="utf-8"))
    spoken = turns(support_call.with_suffix(".json"))
    assert written["text"] == " ".join(turn["text"] for turn in spoken)
    assert written["language"] == "en"
    assert written["duration"] == pytest.approx(written["coverage"]["audio_s"])
    assert [segment["text"].strip() for segment in written["segments"]] == [
        turn["text"] for turn in spoken
    ]
    assert_same_speakers(written["segments"], spoken)
    assert_words_lie_in_the_audio(written)


def assert_same_speakers(segments: list[dict[str, Any]], spoken: list[dict[str, Any]]) -> None:
    pairs = {(one["speaker"], two["speaker"]) for one, two in zip(segments, spoken, strict=True)}
    assert len(pairs) == len({turn["speaker"] for turn in spoken}) == 2


def assert_words_lie_in_the_audio(written: dict[str, Any]) -> None:
    words = [word for segment in written["segments"] for word in segment["words"]]
    assert " ".join(word["word"] for word in words) == written["text"]
    for word in words:
        assert 0 <= word["start"] <= word["end"] <= written["duration"], word


@pytest.fixture(scope="module")
def every_format(
    farm: EmbeddedFarm, support_call: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """Return the folder with the files of `--output_format all` and `verbose_json`."""
    folder = tmp_path_factory.mktemp("formats")
    for name in ("all", "verbose_json"):
        ended = whisper_remote(support_call, "-f", name, "-o", folder, url=farm.url)
        assert ended.returncode == 0, ended.stderr
    return folder


@pytest.mark.parametrize("name", TEXT_FORMATS)
def test_text_formats_equal_those_of_whisper(every_format: Path, tmp_path: Path, name: str) -> None:
    result = as_whisper_has_it(json.loads((every_format / "support-call.json").read_text()))
    whisper.utils.get_writer(name, str(tmp_path))(result, "support-call.wav", {})
    expected = (tmp_path / f"support-call.{name}").read_text(encoding="utf-8")
    assert (every_format / f"support-call.{name}").read_text(encoding="utf-8") == expected


def as_whisper_has_it(written: dict[str, Any]) -> dict[str, Any]:
    """Convert to whisper's result: texts start with a blank, and there are no words by default."""
    segments = [
        {"start": one["start"], "end": one["end"], "text": f" {one['text'].strip()}"}
        for one in written["segments"]
    ]
    return {"text": written["text"], "language": written["language"], "segments": segments}


def test_subtitle_libraries_read_the_subtitles(every_format: Path, support_call: Path) -> None:
    texts = [turn["text"] for turn in turns(support_call.with_suffix(".json"))]
    cues = srt.parse((every_format / "support-call.srt").read_text(encoding="utf-8"))
    assert [cue.content for cue in cues] == texts
    assert [cue.text for cue in webvtt.read(str(every_format / "support-call.vtt"))] == texts


def test_verbose_json_has_the_members_a_recording_server_reads(every_format: Path) -> None:
    written = json.loads((every_format / "support-call.verbose_json").read_text(encoding="utf-8"))
    assert written["text"].strip()
    assert isinstance(written["language"], str)
    assert written["duration"] > 0
    assert all(isinstance(segment, dict) for segment in written["segments"])
