"""The farm's log has each job's events, and no secrets."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.observability.conftest import NO_MUSIC, Watched
from tests.support.farm import whisper_remote
from tests.support.waiting import until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

WORDS = ("customer support", "internet line", "hello thank you")


def lines(watched: Watched) -> list[dict[str, Any]]:
    """Return the log lines of the parts, without the plain lines of `whisperfarm up`."""
    text, _, _ = watched.log.read_text().rpartition("\n")  # the last one is perhaps being written
    return [json.loads(line) for line in text.splitlines() if line.startswith("{")]


def story(watched: Watched, job_id: str) -> set[tuple[str, str]]:
    received = [line for line in lines(watched) if line.get("job") == job_id]
    return {(line["component"], line["event"]) for line in received}


def test_log_has_the_events_of_each_job(watched: Watched) -> None:
    until(
        lambda: ("dispatcher", "callback.failed") in story(watched, watched.jobs[0]),
        "the callback of the first job",
    )
    for job_id, end in zip(watched.jobs, ("transcribed", "", "stopped"), strict=False):
        expected = {
            ("dispatcher", "job.accepted"),
            ("dispatcher", "job.dispatched"),
            ("worker", "attempt.started"),
            ("worker", "job.ended"),
            ("worker", "attempt.ended"),
            ("dispatcher", "http.responded"),
            *([("worker", f"attempt.{end}")] if end else [("worker", "cache.hit")]),
        }

        def has_all(job_id: str = job_id, expected: set[tuple[str, str]] = expected) -> bool:
            return expected <= story(watched, job_id)

        until(has_all, f"the events of job {job_id}")


def test_lines_about_a_job_have_its_id(watched: Watched) -> None:
    about = [
        line
        for line in lines(watched)
        if any(job_id in json.dumps(line) for job_id in watched.jobs)
    ]
    assert len(about) > 15
    assert [line for line in about if line.get("job") not in watched.jobs] == []


def test_log_has_no_secret_no_word_and_no_audio(watched: Watched) -> None:
    text = watched.log.read_text()
    known = watched.secrets
    for hidden in (known.key, known.signing, known.signing.removeprefix("whsec_"), known.filename):
        assert hidden not in text
    assert watched.farm.result(watched.jobs[0], "txt").text.lower().count(WORDS[0]) > 0
    assert not [word for word in WORDS if word in text.lower()]
    assert "OggS" not in text


def test_log_has_no_exception_and_no_uncounted_event(watched: Watched) -> None:
    odd = [
        line for line in lines(watched) if {"not_counted", "not_traced", "exception"} & line.keys()
    ]
    assert odd == []


def test_client_names_the_failed_job(watched: Watched, client: Path, tmp_path: Path) -> None:
    broken = tmp_path / "call.ogg"
    broken.write_bytes(NO_MUSIC)
    ended = whisper_remote(broken, url=watched.farm.url, WHISPERFARM_API_KEY=watched.secrets.key)
    [line] = ended.stderr.splitlines()
    job_id = line.rpartition("(job ")[2].removesuffix(")")
    assert "audio-unreadable" in line
    assert ("worker", "job.ended") in story(watched, job_id)
    assert watched.secrets.key not in line
