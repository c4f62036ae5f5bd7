"""A sample job and a sample transcript, for documentation and tests."""

from dataclasses import replace

from whisperfarm_contract.job import Audio, Job
from whisperfarm_contract.options import Options
from whisperfarm_contract.problems import EngineFailed
from whisperfarm_contract.states import JobState
from whisperfarm_contract.transcript import (
    Coverage,
    Gap,
    Recording,
    Segment,
    Transcript,
    Turn,
    Word,
)

JOB = Job(
    id="01936f3c-6f0e-7c7e-b0a4-5d2f3a9c1e42",
    tenant="default",
    state=JobState.QUEUED,
    preset="demo",
    options=Options(language="en"),
    audio=Audio(
        key="audio/default/01936f3c-6f0e-7c7e-b0a4-5d2f3a9c1e42",
        sha256="9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        size_bytes=128_044,
        filename="call.wav",
        duration_s=4.0,
    ),
    created_at=1_732_120_000.0,
)
"""A job directly after its submission."""

WAITING_JOB = replace(
    JOB,
    attempt=1,
    failures=1,
    started_at=1_732_120_001.5,
    available_at=1_732_120_009.0,
    problem=EngineFailed("the worker ran out of memory").to_wire(),
)
"""A job whose first attempt has failed; it is queued, and not dispatched for some seconds."""

TRANSCRIPT = Transcript(
    language="en",
    model="demo",
    segments=(
        Segment(
            start=0.5,
            end=1.25,
            text="Good morning.",
            words=(
                Word(text="Good", start=0.5, end=0.75, score=0.9, speaker="SPEAKER_00"),
                Word(
                    text="morning.", start=0.75, end=1.25, speaker="SPEAKER_00", interpolated=True
                ),
            ),
            speaker="SPEAKER_00",
            avg_logprob=-0.25,
        ),
        Segment(
            start=3661.5,
            end=3662.0,
            text=" Hello.",
            words=(Word(text="Hello.", start=3661.5, end=3662.0, score=0.8, speaker="SPEAKER_01"),),
            speaker="SPEAKER_01",
            channel=1,
            language="de",
        ),
    ),
    turns=(Turn(start=0.4, end=1.3, speaker="SPEAKER_00"),),
    coverage=Coverage(
        audio_s=3700.0,
        speech_s=4.0,
        transcribed_s=1.25,
        interpolated_words=1,
        gaps=(Gap(start=10.0, end=12.75),),
    ),
    warnings=("2.8 s of speech gave no words",),
    language_probability=0.98,
    provenance={"engine": "whisperx"},
    recording=Recording(
        start_s=36_000.0, start_timecode="10:00:00:00", frame_rate="25", drop_frame=False
    ),
)
"""A long call of two speakers that uses every field of a transcript except `other_sounds`, notes
and tags."""
