import json
import wave
from itertools import pairwise

from tests.support.recordings import SAMPLES


def test_reference_matches_the_recording():
    reference = json.loads((SAMPLES / "support-call.json").read_text())
    with wave.open(str(SAMPLES / "support-call.wav")) as file:
        assert file.getframerate() == 16_000
        assert abs(file.getnframes() / 16_000 - reference["duration"]) < 0.001


def test_turns_alternate_and_contain_their_words():
    turns = json.loads((SAMPLES / "support-call.json").read_text())["turns"]
    assert all(a["end"] <= b["start"] for a, b in pairwise(turns))
    assert all(a["speaker"] != b["speaker"] for a, b in pairwise(turns))
    for turn in turns:
        assert turn["text"].split() == [word["word"] for word in turn["words"]]
        assert turn["words"][0]["start"] == turn["start"]
        assert turn["words"][-1]["end"] <= turn["end"] + 0.001


def test_stereo_call_has_one_speaker_per_channel():
    reference = json.loads((SAMPLES / "support-call.json").read_text())
    with wave.open(str(SAMPLES / "support-call-stereo.wav")) as file:
        assert file.getnchannels() == len(reference["channels"]) == 2
