"""Enrolled voices over HTTP and by the operator's commands."""

import json
from collections.abc import Callable

import httpx
import pytest
from click.testing import CliRunner, Result
from structlog.testing import capture_logs

from tests.integration.dispatcher.farm import TENANT, DispatcherFarm
from whisperfarm.command import cli
from whisperfarm_client import Farm
from whisperfarm_contract.audit import Actor
from whisperfarm_contract.enrolment import Enrolment
from whisperfarm_contract.identifiers import result_key
from whisperfarm_contract.problems import SpeakerNotFound
from whisperfarm_contract.voices import Voice
from whisperfarm_dispatcher.maintenance.retention import Retention, RetentionPolicy

EMBEDDING = (0.123456, -0.654321)
Run = Callable[..., Result]


@pytest.fixture
def job(farm: DispatcherFarm, audio: bytes) -> str:
    """Return the id of a job that has kept a voice."""
    return with_voices(farm, audio, "SPEAKER_00")


@pytest.fixture
def run(farm: DispatcherFarm, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return a function that runs `whisperfarm speakers` against the farm."""
    monkeypatch.setenv("WHISPERFARM_URL", farm.url)

    def invoke(*line: str) -> Result:
        with capture_logs():  # the farm runs in this process and would log to the same stdout
            return CliRunner().invoke(cli, ["speakers", *line])

    return invoke


def with_voices(farm: DispatcherFarm, audio: bytes, *speakers: str) -> str:
    submitted = farm.submit(audio, diarize="true", keep_voices="true")
    claimed = farm.claim(submitted["id"])
    voices = [
        Voice(speaker=name, model="m" * 64, speech_s=9.5, embedding=EMBEDDING) for name in speakers
    ]
    key = result_key(claimed.tenant, claimed.id, claimed.attempt)
    farm.deps.ledger.attempts.succeed(
        claimed.id, attempt=1, result_key=key, audio_s=9.5, voices=voices
    )
    return claimed.id


def enrol(farm: DispatcherFarm, **members: str) -> httpx.Response:
    sent = {"name": "Ana Lima", "consent": "form 17", **members}
    return farm.http.post(f"{farm.url}/v1/speakers", json=sent)


def test_voice_is_enrolled_shown_listed_and_erased(farm: DispatcherFarm, job: str) -> None:
    answer = enrol(farm, job=job, expires_at="2999-01-01T00:00:00Z")
    made = answer.json()
    assert answer.status_code == 201
    assert made["enrolled_by"] == "farm"
    assert (made["speaker"], made["expires_at"]) == ("SPEAKER_00", "2999-01-01T00:00:00.000Z")
    url = farm.url + answer.headers["Location"]
    assert farm.http.get(url).json() == made
    with Farm(farm.url) as remote:
        assert remote.speaker(made["id"]) == made
    assert enrol(farm, job=job, expires_at="2999-01-01T00:00:00Z").json() == made
    assert farm.http.get(f"{farm.url}/v1/speakers").json() == {"speakers": [made]}
    assert farm.http.delete(url).status_code == 204
    assert farm.http.get(url).json()["name"] == "speaker-not-found"
    assert farm.http.delete(url).status_code == 404


def test_enrolments_that_are_not_valid_are_refused(farm: DispatcherFarm, job: str) -> None:
    url = f"{farm.url}/v1/speakers"
    for body in (b"[]", b"{", b"\xff", b"{" + b" " * 20_000 + b"}"):
        assert farm.http.post(url, content=body).json()["name"] == "client-error"
    for members, name in (
        ({"job": job, "consent": ""}, "invalid-option"),
        ({"job": job, "embedding": "1"}, "unknown-option"),
        ({"job": "unknown"}, "job-not-found"),
        ({"job": job, "speaker": "SPEAKER_07"}, "speaker-not-found"),
    ):
        assert enrol(farm, **members).json()["name"] == name
    assert enrol(farm, job=job).status_code == 201
    assert enrol(farm, job=job, name="Ben").json()["name"] == "speaker-conflict"


def test_voices_are_in_no_answer(farm: DispatcherFarm, job: str) -> None:
    answers = [enrol(farm, job=job).text]
    for path in ("speakers", f"jobs/{job}", "audit"):
        answers.append(farm.http.get(f"{farm.url}/v1/{path}").text)
    assert not [text for text in answers if "embedding" in text or "0.12" in text]


def test_erased_job_has_no_voices(farm: DispatcherFarm, job: str) -> None:
    enrolled = enrol(farm, job=job).json()
    content = f"{farm.url}/v1/jobs/{job}/content"
    assert farm.http.delete(content, params={"reason": "case 1"}).status_code == 200
    assert enrol(farm, job=job, name="Ben").json()["name"] == "speaker-not-found"
    listed = farm.http.get(f"{farm.url}/v1/speakers").json()["speakers"]
    assert [one["id"] for one in listed] == [enrolled["id"]]


def test_retention_erases_voices_that_have_expired(farm: DispatcherFarm, job: str) -> None:
    wanted = Enrolment(name="Ana", consent="form 17", job=job, expires_at=1.0)
    farm.deps.ledger.speakers.enrol(TENANT, wanted, by=Actor("key:ada"))
    policy = RetentionPolicy(audio_days=0, results_days=0, jobs_days=0, idempotency_days=7)
    Retention(farm.deps.ledger, farm.deps.blobs, policy).run_once()
    entries = farm.http.get(f"{farm.url}/v1/audit").json()["entries"]
    erased = [one["body"] for one in entries if one["kind"] == "speaker-erased"]
    assert [(one["actor"], one["tenant"]) for one in erased] == [("retention", TENANT)]
    assert enrol(farm, job=job).json()["name"] == "speaker-not-found"


def test_commands_enrol_list_and_erase(
    farm: DispatcherFarm, job: str, audio: bytes, run: Run
) -> None:
    consent = ("--consent", "form 17")
    enrolled = run("enrol", "--job", job, "--name", "Ana", *consent, "--days", "30")
    assert enrolled.exit_code == 0, enrolled.output
    two = with_voices(farm, audio, "SPEAKER_00", "SPEAKER_01")
    refused = run("enrol", "--job", two, "--name", "Ben", *consent)
    assert isinstance(refused.exception, SpeakerNotFound)
    for speaker in ("SPEAKER_00", "SPEAKER_01"):
        run("enrol", "--job", two, "--speaker", speaker, "--name", "Ben", *consent)
    ana, *bens = json.loads(run("list", "--format", "json").output)["speakers"]
    assert (ana["name"], [one["name"] for one in bens]) == ("Ana", ["Ben", "Ben"])
    assert ana["expires_at"] is not None
    assert run("erase", "--name", "Ben").output == "2 voices erased\n"
    partly = run("erase", bens[0]["id"], ana["id"])
    assert partly.exit_code == SpeakerNotFound.exit_code
    assert "speaker-not-found" in partly.stderr
    assert "1 voices erased" in partly.output
    assert len(run("list").output.splitlines()) == 1


def test_commands_need_one_source_of_voices(run: Run, job: str) -> None:
    needed = ("--name", "Ana", "--consent", "form 17")
    assert run("enrol", *needed).exit_code == 2
    assert run("enrol", "sample.wav", "--job", job, *needed).exit_code == 2
    assert run("erase").exit_code == 2
    assert run("erase", "0" * 16, "--name", "Ana").exit_code == 2
