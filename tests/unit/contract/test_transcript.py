import json
from dataclasses import replace
from typing import Any

from whisperfarm_contract.transcript import Coverage, OtherSound, Transcript, from_wire


def test_from_wire_inverts_to_wire(call: Transcript) -> None:
    assert from_wire(json.loads(json.dumps(call.to_wire()))) == call


def test_from_wire_inverts_an_empty_transcript() -> None:
    silence = Transcript(language="en", model="demo", coverage=Coverage(audio_s=2.0))
    assert from_wire(silence.to_wire()) == silence
    assert silence.text == ""
    assert silence.duration == 2.0


def test_to_wire_has_the_shape_of_whisperx(call: Transcript) -> None:
    wire = call.to_wire()
    assert wire["text"] == "Good morning. Hello."
    assert wire["language"] == "en"
    assert wire["duration"] == 3700.0
    assert wire["word_segments"] == [w for s in wire["segments"] for w in s["words"]]
    first, second = wire["segments"]
    assert (first["id"], first["start"], first["end"]) == (0, 0.5, 1.25)
    assert first["speaker"] == "SPEAKER_00"
    assert second["channel"] == 1
    assert wire["coverage"]["gaps"] == [{"start": 10.0, "end": 12.75}]


def test_interpolated_word_is_marked_and_has_no_score(call: Transcript) -> None:
    measured, guessed = call.to_wire()["segments"][0]["words"]
    assert measured["score"] == 0.9
    assert "interpolated" not in measured
    assert guessed["interpolated"] is True
    assert "score" not in guessed


def test_from_wire_ignores_unknown_members(call: Transcript) -> None:
    assert from_wire(_with_news(call.to_wire())) == call


def _with_news(wire: Any) -> Any:
    """Return the document with an unknown member in every object."""
    if isinstance(wire, list):
        return [_with_news(one) for one in wire]
    if isinstance(wire, dict):
        open_ended = wire.keys() == {"engine"}
        known = {name: _with_news(value) for name, value in wire.items()}
        return known if open_ended else {**known, "of_tomorrow": 1}
    return wire


def test_other_sounds_survive_the_wire() -> None:
    sounds = (OtherSound(start=1.0, end=3.0),)
    found = Coverage(audio_s=4.0, other_sound_s=2.0, other_sounds=sounds)
    made = Transcript(language="en", model="demo", coverage=found)
    assert from_wire(made.to_wire()).coverage == found
    silent = Transcript(language="en", model="demo", coverage=Coverage(audio_s=4.0))
    assert "other_sounds" not in silent.to_wire()["coverage"]


def test_a_transcript_without_a_time_code_has_no_such_member(call: Transcript) -> None:
    wire = call.to_wire()
    del wire["recording"]
    older = from_wire(wire)
    assert older.recording is None
    assert older.to_wire() == wire


def test_notes_and_tags_survive_the_wire(call: Transcript) -> None:
    first = replace(call.segments[0], note="unclear", tags=("greeting",))
    noted = replace(call, segments=(first, *call.segments[1:]))
    assert from_wire(json.loads(json.dumps(noted.to_wire()))) == noted
    assert "tags" not in call.to_wire()["segments"][0]
