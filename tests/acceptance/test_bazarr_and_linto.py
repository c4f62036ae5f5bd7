"""Requests as Bazarr and clients of LinTO send them, on a farm with models."""

import json
import wave
from pathlib import Path
from typing import Any

import pytest
import srt

from tests.support.farm import EmbeddedFarm
from tests.support.recordings import SAMPLES
from tests.support.waiting import until

pytestmark = pytest.mark.slow

DIARIZED = json.dumps({"language": "en-US", "diarizationConfig": {"enableDiarization": True}})


@pytest.fixture(scope="module")
def turns() -> list[dict[str, Any]]:
    """Return the speaker turns of the sample call."""
    return list(json.loads((SAMPLES / "support-call.json").read_text("utf-8"))["turns"])


def ask_bazarr(farm: EmbeddedFarm, path: str, **params: str) -> Any:
    """Send the sound of a film, as Bazarr does: 16 kHz, without a header."""
    with wave.open(str(SAMPLES / "support-call.wav")) as file:
        pcm = file.readframes(file.getnframes())
    params = {"encode": "false", "video_file": "/films/a film.mkv", **params}
    answer = farm.http.post(path, params=params, files={"audio_file": ("audio_file", pcm)})
    assert answer.status_code == 200, answer.text
    return answer


def test_bazarr_gets_subtitles_with_all_words(
    farm: EmbeddedFarm, turns: list[dict[str, Any]]
) -> None:
    answer = ask_bazarr(farm, "/asr", task="transcribe", language="en", output="srt")
    cues = list(srt.parse(answer.text))
    spoken = " ".join(turn["text"] for turn in turns)
    assert " ".join(cue.content.partition(": ")[2] or cue.content for cue in cues) == spoken
    first, last = cues[0].start.total_seconds(), cues[-1].end.total_seconds()
    assert first == pytest.approx(turns[0]["start"], abs=0.5)
    assert last == pytest.approx(turns[-1]["end"], abs=0.5)


def test_bazarr_gets_the_language(farm: EmbeddedFarm) -> None:
    answer = ask_bazarr(farm, "/detect-language").json()
    assert (answer["detected_language"], answer["language_code"]) == ("english", "en")


def test_client_of_linto_submits_follows_and_fetches(
    farm: EmbeddedFarm, support_call: Path, turns: list[dict[str, Any]]
) -> None:
    sent = farm.http.post(
        "/transcribe",
        files={"file": ("call.wav", support_call.read_bytes())},
        data={"transcriptionConfig": DIARIZED},
        headers={"Accept": "application/json"},
    )
    assert sent.status_code == 201, sent.text

    def look() -> str | None:
        followed = farm.http.get(f"/job/{sent.json()['jobid']}")
        return followed.json()["result_id"] if followed.status_code == 201 else None

    result_id = until(look, "the end of the job")
    result = farm.http.get(f"/results/{result_id}", headers={"Accept": "application/json"}).json()
    words = [word for segment in result["segments"] for word in segment["words"]]
    spoken = [word for turn in turns for word in turn["text"].split()]
    assert [word["word"] for word in words] == spoken
    assert all(word["start"] < word["end"] for word in words)
    speakers = {segment["spk_id"] for segment in result["segments"]}
    assert len(speakers) == 2
    assert all(speaker in result["transcription_result"] for speaker in speakers)
