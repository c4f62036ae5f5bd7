"""Two recordings of one call, over HTTP, with the demo models."""

import json
import subprocess
from pathlib import Path

import httpx
import pytest

from tests.acceptance.phrases import Phrase
from tests.support.farm import EmbeddedFarm
from tests.support.recordings import SAMPLES, ffmpeg_path

pytestmark = pytest.mark.slow

OFFSET_S = 5.0


def _as_stereo_mulaw(recording: Path, file: Path) -> Path:
    command = [ffmpeg_path(), "-v", "error", "-i", str(recording), "-ac", "2", "-ar", "8000"]
    subprocess.run([*command, "-c:a", "pcm_mulaw", str(file)], check=True, timeout=60)
    return file


def _submit(farm: EmbeddedFarm, *legs: Path, **options: str) -> httpx.Response:
    offsets = [0.0, OFFSET_S]
    return farm.http.post(
        "/v1/jobs",
        files=[("file", (leg.name, leg.read_bytes())) for leg in legs],
        data={
            "leg_offset_s": list(map(str, offsets)),
            "leg_name": ["agent", ""],
            "wait": "60",
            **options,
        },
        timeout=90,
    )


def test_legs_have_their_words_times_and_speakers(
    farm: EmbeddedFarm, phrases: list[Phrase], tmp_path: Path
) -> None:
    agent, customer = phrases[6], phrases[7]
    alone = farm.http.post(
        "/v1/jobs", files={"file": customer.path.read_bytes()}, data={"wait": "60"}, timeout=90
    ).json()
    answer = _submit(farm, agent.path, _as_stereo_mulaw(customer.path, tmp_path / "customer.au"))
    assert answer.status_code == 200, answer.text
    made = answer.json()
    assert [(one["speaker"], one["text"].strip()) for one in made["segments"]] == [
        ("agent", agent.text),
        ("SPEAKER_01", customer.text),
    ]
    first, second = (one["words"] for one in made["segments"])
    assert first[-1]["end"] < OFFSET_S
    of_customer = alone["segments"][0]["words"]
    assert [word["start"] - OFFSET_S for word in second] == pytest.approx(
        [word["start"] for word in of_customer], abs=0.15
    )
    assert made["duration"] == pytest.approx(OFFSET_S + alone["duration"], abs=0.01)
    assert [leg["offset_s"] for leg in made["provenance"]["legs"]] == [0.0, OFFSET_S]
    assert made["provenance"]["channels"] == 2
    assert not [one for one in made["warnings"] if "leg" in one and "no leg has audio" not in one]


def test_two_voices_in_a_leg_are_two_speakers(
    farm: EmbeddedFarm, phrases: list[Phrase], support_call: Path
) -> None:
    turns = json.loads((SAMPLES / "support-call.json").read_text("utf-8"))["turns"]
    answer = _submit(farm, phrases[6].path, support_call, diarize="true")
    assert answer.status_code == 200, answer.text
    made = answer.json()
    agent, *others = sorted(made["segments"], key=lambda one: one["channel"])
    assert (agent["speaker"], agent["text"].strip()) == ("agent", phrases[6].text)
    names = {turns[0]["speaker"]: "SPEAKER_01 1", turns[1]["speaker"]: "SPEAKER_01 2"}
    said = [(one["speaker"], word["word"].strip()) for one in others for word in one["words"]]
    assert said == [
        (names[turn["speaker"]], word) for turn in turns for word in turn["text"].split()
    ]
    assert others[0]["start"] == pytest.approx(OFFSET_S + turns[0]["start"], abs=0.2)
    assert {one["speaker"] for one in made["turns"]} == {"agent", *names.values()}
    assert "diarizer" in made["provenance"]
