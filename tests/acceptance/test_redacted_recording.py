"""A spoken number is masked in the text and in the sound, over HTTP, with the demo models."""

import io
import json
import wave
from pathlib import Path

import numpy as np
import pytest

from tests.support.farm import EmbeddedFarm
from tests.support.recordings import SAMPLES

pytestmark = pytest.mark.slow

NUMBER = ["four", "two", "seven", "one", "nine"]
RATE_HZ = 16_000


def _spoken() -> tuple[float, float]:
    """Return when the number is spoken in the sample call."""
    turns = json.loads((SAMPLES / "support-call.json").read_text("utf-8"))["turns"]
    words = [word for turn in turns for word in turn["words"]]
    texts = [word["word"] for word in words]
    first = next(place for place in range(len(texts)) if texts[place : place + 5] == NUMBER)
    return words[first]["start"], words[first + 4]["end"]


def _samples(content: bytes) -> np.ndarray:
    with wave.open(io.BytesIO(content)) as file:
        assert (file.getframerate(), file.getnchannels()) == (RATE_HZ, 1)
        return np.frombuffer(file.readframes(file.getnframes()), "<i2")


def _text(farm: EmbeddedFarm, audio: bytes, **options: str) -> tuple[str, str]:
    """Transcribe a recording. Returns the id of the job and the text."""
    job = farm.http.post(
        "/v1/jobs", params={"diarize": "false", **options}, content=audio, timeout=90
    ).json()["id"]
    assert farm.http.get(f"/v1/jobs/{job}", params={"wait": 60}, timeout=90).is_success
    masks = {"redact": options["redact"]} if "redact" in options else {}
    answer = farm.http.get(f"/v1/jobs/{job}/result", params={"format": "txt", **masks})
    assert answer.is_success, answer.text
    return job, answer.text


def test_spoken_number_is_masked_in_text_and_sound(farm: EmbeddedFarm, support_call: Path) -> None:
    content = support_call.read_bytes()
    job, text = _text(farm, content, redact="number")
    assert "my account number is [number]" in text.replace("\n", " ")
    copy = farm.http.get(f"/v1/jobs/{job}/audio", params={"redact": "number"}).content
    found, original = _samples(copy), _samples(content)
    start, end = (round(time * RATE_HZ) for time in _spoken())
    assert original[start:end].any()
    assert not found[start:end].any()
    outside = np.concatenate([found[: start - RATE_HZ // 2], found[end + RATE_HZ // 2 :]])
    expected = np.concatenate([original[: start - RATE_HZ // 2], original[end + RATE_HZ // 2 :]])
    np.testing.assert_array_equal(outside, expected)
    _, again = _text(farm, copy)
    assert "will hold the line" in again
    assert not set(NUMBER) & set(again.split()), again
