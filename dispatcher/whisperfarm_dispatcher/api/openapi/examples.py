"""Examples, made by the code that makes the real thing."""

from whisperfarm_contract.job import Audio, Job
from whisperfarm_contract.options import Options
from whisperfarm_contract.states import State
from whisperfarm_contract.transcript import Coverage, Segment, Transcript, Turn, Word
from whisperfarm_dispatcher.api.responses import document

_ID = "01936f3c-6f0e-7c7e-b0a4-5d2f3a9c1e42"
_ACCEPTED_AT = 1_732_120_000.0

JOB = document(
    Job(
        id=_ID,
        tenant="default",
        state=State.QUEUED,
        preset="demo",
        options=Options(language="en"),
        audio=Audio(
            key="",
            sha256="9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            size_bytes=128_044,
            filename="call.wav",
            seconds=4.0,
        ),
        created_at=_ACCEPTED_AT,
    )
)

CALLBACK = {
    "id": f"{_ID}_callback",
    "kind": "http",
    "address": "https://example.com/told",
    "event": "job.succeeded",
    "state": "pending",
    "tries": 1,
    "last_status": 503,
    "last_error": "the receiver answers 503",
    "created_at": "2024-11-20T16:27:01.120Z",
    "next_at": "2024-11-20T16:27:06.310Z",
    "ended_at": None,
}

TRANSCRIPT = Transcript(
    language="en",
    model="demo",
    segments=(
        Segment(
            start=0.31,
            end=1.12,
            text="good morning",
            words=(
                Word(text="good", start=0.31, end=0.58, score=0.97, speaker="SPEAKER_00"),
                Word(text="morning", start=0.6, end=1.12, score=0.95, speaker="SPEAKER_00"),
            ),
            speaker="SPEAKER_00",
        ),
    ),
    turns=(Turn(start=0.28, end=1.2, speaker="SPEAKER_00"),),
    coverage=Coverage(audio_s=4.0, speech_s=0.92, transcribed_s=0.92),
).to_wire()
