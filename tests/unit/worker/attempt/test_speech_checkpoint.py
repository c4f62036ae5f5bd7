"""A checkpoint keeps the windows of finished sections, if audio, options and models agree."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from tests.support.clock import Clock
from tests.support.jobs import new_job
from whisperfarm_contract.identifiers import checkpoint_key
from whisperfarm_contract.job import Job
from whisperfarm_contract.presets import Preset
from whisperfarm_store.blobs import FolderBlobs
from whisperfarm_worker.attempt.checkpoints import Checkpoints
from whisperfarm_worker.attempt.job_checkpoint import JobCheckpoint
from whisperfarm_worker.engines.port import DecodedText, Decoding
from whisperfarm_worker.pipeline.state import SpeechRegion, Window

PRESET, ENGLISH = Preset(name="p", asr="a"), Decoding(language="en")
JOB = new_job("job")
FIRST = Window(
    start=0.03,
    end=4.2187500001,
    regions=(SpeechRegion(0.03, 1.1), SpeechRegion(1.3, 4.2187500001, 31.6)),
)
SECOND = Window(start=5.0, end=6.0, regions=(SpeechRegion(5.0, 6.0),), channel=1)
FOUND = {"0:0:9": (FIRST,), "1:0:9": (SECOND,)}
ASKED = {"options": {"vad_onset": 0.5}, "shape": [2, 160_000]}


@pytest.fixture
def blobs(tmp_path: Path) -> FolderBlobs:
    return FolderBlobs(tmp_path)


Open = Callable[..., JobCheckpoint]


@pytest.fixture
def attempt(blobs: FolderBlobs) -> Open:
    """Return the checkpoint of an attempt that starts to detect speech."""

    def opened(
        number: int, *, clock: Callable[[], float] = float, job: Job = JOB, models: str = "m"
    ) -> JobCheckpoint:
        return JobCheckpoint(
            blobs, replace(job, attempt=number), models=models, interval_s=30, clock=clock
        )

    return opened


def _kept(attempt: Open, number: int) -> JobCheckpoint:
    made = attempt(number)
    made.load_speech(PRESET, ASKED)
    made.record_speech("0:0:9", [FIRST])
    made.record_speech("1:0:9", [SECOND])
    made.save()
    return made


def test_load_speech_returns_what_the_previous_attempt_found(attempt: Open) -> None:
    _kept(attempt, 1)
    with capture_logs() as logs:
        assert attempt(2).load_speech(PRESET, ASKED) == FOUND
    assert [(log["event"], log["of"]) for log in logs] == [("checkpoint.speech_loaded", 1)]


def test_section_without_speech_is_finished(attempt: Open) -> None:
    made = attempt(1)
    made.load_speech(PRESET, ASKED)
    made.record_speech("0:0:9", [])
    made.save()
    assert attempt(2).load_speech(PRESET, ASKED) == {"0:0:9": ()}


def test_long_detection_is_saved_at_once(attempt: Open, blobs: FolderBlobs) -> None:
    clock = Clock(0.0)
    made = attempt(1, clock=clock)
    made.load_speech(PRESET, ASKED)
    clock.now = 1.0
    made.record_speech("0:0:9", [FIRST])
    assert list(blobs.keys()) == []
    clock.now = 3.0
    made.record_speech("1:0:9", [SECOND])
    assert attempt(2).load_speech(PRESET, ASKED) == FOUND


def test_sections_are_saved_at_most_every_two_seconds(attempt: Open, blobs: FolderBlobs) -> None:
    clock = Clock(0.0)
    made = attempt(1, clock=clock)
    made.load_speech(PRESET, ASKED)
    clock.now = 2.0
    made.record_speech("0:0:9", [FIRST])
    clock.now = 3.0
    made.record_speech("1:0:9", [SECOND])
    assert attempt(2).load_speech(PRESET, ASKED) == {"0:0:9": (FIRST,)}


def test_languages_are_kept_for_the_same_choice(attempt: Open) -> None:
    made = _kept(attempt, 1)
    made.load_languages(PRESET, ("de", "en"))
    made.record_language("0:0:9", {"de": 0.75, "en": 0.25})
    made.save()
    assert attempt(2).load_languages(PRESET, ("en", "fr")) == {}
    assert attempt(2).load_languages(replace(PRESET, asr="b"), ("de", "en")) == {}
    with capture_logs() as logs:
        found = attempt(2).load_languages(PRESET, ("de", "en"))
    assert found == {"0:0:9": {"de": 0.75, "en": 0.25}}
    assert [(log["event"], log["of"]) for log in logs] == [("checkpoint.languages_loaded", 1)]


def test_texts_are_saved_with_the_speech(attempt: Open) -> None:
    made = _kept(attempt, 1)
    made.load(PRESET, ENGLISH)
    made.record("a", DecodedText("hello", -0.5))
    made.save()
    second = attempt(2)
    assert second.load_speech(PRESET, ASKED) == FOUND
    assert second.load(PRESET, ENGLISH) == {"a": DecodedText("hello", -0.5)}
    second.record("b", DecodedText("world", -0.5))
    second.save()
    third = attempt(3)
    assert third.load_speech(PRESET, ASKED) == FOUND
    assert set(third.load(PRESET, ENGLISH)) == {"a", "b"}


def test_speech_of_other_work_is_ignored(attempt: Open) -> None:
    _kept(attempt, 1)
    other_audio = replace(JOB, audio=replace(JOB.audio, sha256="cd" * 32))
    with capture_logs() as logs:
        assert attempt(2).load_speech(PRESET, {**ASKED, "options": {}}) == {}
    assert [log["event"] for log in logs] == ["checkpoint.ignored"]
    assert attempt(2).load_speech(replace(PRESET, window_s=8.0), ASKED) == {}
    assert attempt(2, models="other").load_speech(PRESET, ASKED) == {}
    assert attempt(2, job=other_audio).load_speech(PRESET, ASKED) == {}
    assert attempt(2).load_speech(PRESET, ASKED) == FOUND


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: content[: len(content) // 2],
        lambda content: content.replace(b'"regions"', b'"region"'),
        lambda content: content.replace(b'"gain"', b'"volume"'),
        lambda content: content.replace(b'"end": 6.0', b'"end": "six"'),
        lambda content: json.dumps({**json.loads(content), "speech": [1]}).encode(),
    ],
)
def test_damaged_speech_is_ignored_with_a_log_event(
    attempt: Open, blobs: FolderBlobs, damage: Callable[[bytes], bytes]
) -> None:
    _kept(attempt, 1)
    key = checkpoint_key(JOB.tenant, JOB.id, 1)
    with blobs.open(key) as file:
        content = file.read()
    blobs.put(key, damage(content))
    with capture_logs() as logs:
        assert attempt(2).load_speech(PRESET, ASKED) == {}
    assert [log["event"] for log in logs] == ["checkpoint.read_failed"]


def test_drain_saves_the_speech(attempt: Open, blobs: FolderBlobs) -> None:
    checkpoints = Checkpoints(blobs, models={JOB.preset: "m"}, interval_s=3600)
    with checkpoints.for_job(replace(JOB, attempt=1)) as one:
        one.load_speech(PRESET, ASKED)
        one.record_speech("0:0:9", [FIRST])
        checkpoints.save()
    assert attempt(2).load_speech(PRESET, ASKED) == {"0:0:9": (FIRST,)}
