import json
from dataclasses import replace

import pytest

from whisperfarm_contract import formats
from whisperfarm_contract.examples import JOB, TRANSCRIPT, WAITING_JOB
from whisperfarm_contract.job import Progress
from whisperfarm_contract.states import JobState
from whisperfarm_dispatcher.api.facades.linto import answers


def test_transcript_has_linto_members() -> None:
    document = json.loads(answers.result(TRANSCRIPT, "application/json"))
    assert document["transcription_result"] == "SPEAKER_00: Good morning.\nSPEAKER_01: Hello."
    assert document["raw_transcription"] == "Good morning. Hello."
    assert (document["language"], document["confidence"]) == ("en", 0.85)
    assert document["segments"][0] == {
        "raw_segment": "Good morning.", "segment": "Good morning.",
        "start": 0.5, "end": 1.25, "duration": 0.75, "language": "en", "spk_id": "SPEAKER_00",
        "words": [
            {"word": "Good", "start": 0.5, "end": 0.75, "conf": 0.9},
            {"word": "morning.", "start": 0.75, "end": 1.25, "conf": None},
        ],
    }  # fmt: skip
    assert document["segments"][1]["language"] == "de"


def test_text_has_a_line_for_each_segment() -> None:
    text = answers.result(TRANSCRIPT, "text/plain")
    assert text == "SPEAKER_00: Good morning.\nSPEAKER_01: Hello."


@pytest.mark.parametrize("name", ["vtt", "srt"])
def test_subtitles_are_those_of_the_farm(name: str) -> None:
    expected = formats.get_format(name).render(TRANSCRIPT)
    assert answers.result(TRANSCRIPT, f"text/{name}") == expected


def test_states_are_those_of_linto() -> None:
    assert answers.job_status(JOB) == (202, {"state": "pending"})
    succeeded = replace(JOB, state=JobState.SUCCEEDED)
    assert answers.job_status(succeeded) == (201, {"state": "done", "result_id": JOB.id})
    failed = replace(WAITING_JOB, state=JobState.FAILED)
    reason = "the worker ran out of memory"
    assert answers.job_status(failed) == (500, {"state": "failed", "reason": reason})


def test_steps_before_the_current_stage_are_done() -> None:
    running = replace(JOB, state=JobState.RUNNING, progress=Progress(stage="align", fraction=0.5))
    status, document = answers.job_status(running)
    assert (status, document["state"]) == (202, "started")
    steps = {name: (one["status"], one["progress"]) for name, one in document["steps"].items()}
    assert steps == {
        "preprocessing": ("done", 1.0),
        "transcription": ("started", 0.5),
        "diarization": ("pending", 0.0),
        "postprocessing": ("pending", 0.0),
    }
