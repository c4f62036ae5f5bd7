"""Additions, from the request for them to the answer of a service or of a Python function."""

import base64
import json
from collections.abc import Iterator
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook

from examples.additions.talk_time import Service
from tests.integration.dispatcher.farm import DEADLINE_S, HELLO, DispatcherFarm, started
from tests.integration.dispatcher.receivers import Receiver, answers, receiver
from tests.servers.http_stub import serve_in_thread
from tests.support.waiting import until
from whisperfarm_contract.problems import EngineFailed

SECRET = "whsec_" + base64.b64encode(b"s" * 32).decode()
PACKAGE = """
def topics(request):
    print("not a part of the answer")
    return {"topics": [request["transcript"]["text"]]}

def broken(request):
    raise KeyError(request["transcript"]["text"])
"""


@pytest.fixture
def analysis() -> Iterator[Receiver]:
    """Run a service that fails until a test changes that."""
    with receiver(answers(503)) as running:
        yield running


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Install a package with two entry points."""
    folder = tmp_path / "package"
    about = folder / "acme_calls-1.0.dist-info"
    about.mkdir(parents=True)
    (folder / "acme_calls.py").write_text(PACKAGE)
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-calls\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text(
        "[whisperfarm.additions]\ntopics = acme_calls:topics\nbroken = acme_calls:broken\n"
    )
    monkeypatch.syspath_prepend(folder)
    monkeypatch.setenv("PYTHONPATH", str(folder))


@pytest.fixture
def farm(tmp_path: Path, analysis: Receiver, package: None) -> Iterator[DispatcherFarm]:
    with serve_in_thread(ThreadingHTTPServer(("127.0.0.1", 0), Service)) as talk_time:
        entries = (f"talk_time={talk_time}", f"summary={analysis.url}", "topics", "broken")
        with started(
            tmp_path / "farm", additions=entries, callback_secrets=SECRET, callback_interval_s=0.02
        ) as running:
            yield running


def additions(farm: DispatcherFarm, job_id: str, name: str, *, tried: bool) -> dict[str, Any]:
    """Return an addition once it was tried."""

    def look() -> dict[str, Any] | None:
        answer = farm.http.get(f"{farm.url}/v1/jobs/{job_id}/additions")
        assert answer.status_code == 200, answer.text
        (one,) = (one for one in answer.json()["additions"] if one["name"] == name)
        return one if not tried or one["last_error"] or one["value"] else None

    return until(look, f"the addition {name}", within_s=3 * DEADLINE_S)


def done(farm: DispatcherFarm, audio: bytes, names: str) -> str:
    job_id = str(farm.submit(audio, additions=names)["id"])
    farm.succeed(farm.claim(job_id), HELLO)
    return job_id


def test_service_and_function_answer_beside_the_transcript(
    farm: DispatcherFarm, audio: bytes
) -> None:
    job_id = done(farm, audio, "talk_time,topics")
    before = farm.http.get(f"{farm.url}/v1/jobs/{job_id}/result").content
    topics = additions(farm, job_id, "topics", tried=True)
    assert (topics["state"], topics["revision"]) == ("made", 1)
    assert topics["value"] == {"topics": [HELLO.text]}
    talk_time = additions(farm, job_id, "talk_time", tried=True)["value"]
    assert sum(talk_time["share"].values()) == pytest.approx(1)
    assert farm.http.get(f"{farm.url}/v1/jobs/{job_id}/result").content == before


def test_failed_service_is_asked_again_with_the_same_signed_request(
    farm: DispatcherFarm, audio: bytes, analysis: Receiver
) -> None:
    job_id = done(farm, audio, "summary")
    failed = additions(farm, job_id, "summary", tried=True)
    assert (failed["state"], failed["last_error"]) == ("pending", "the service answered 503")

    def summary(request: Any) -> None:
        answer = json.dumps({"summary": "a greeting"}).encode()
        request.send_response(200)
        request.send_header("Content-Length", str(len(answer)))
        request.end_headers()
        request.wfile.write(answer)

    analysis.behave = summary
    assert farm.http.post(f"{farm.url}/v1/jobs/{job_id}/callbacks").status_code == 202
    first, second = analysis.await_requests(2)[:2]
    assert (first.body, first.headers["webhook-id"]) == (second.body, second.headers["webhook-id"])
    document = Webhook(SECRET).verify(second.body, dict(second.headers))
    assert (document["job"], document["transcript"]["text"]) == (job_id, HELLO.text)
    made = until(lambda: additions(farm, job_id, "summary", tried=False)["value"], "the answer")
    assert made == {"summary": "a greeting"}


def test_failure_of_a_function_is_named_without_words_of_the_transcript(
    farm: DispatcherFarm, audio: bytes
) -> None:
    failed = additions(farm, done(farm, audio, "broken"), "broken", tried=True)
    assert failed["last_error"] == "the function raised KeyError"


def test_job_asks_for_additions_that_the_farm_has(farm: DispatcherFarm, audio: bytes) -> None:
    answer = farm.http.post(
        f"{farm.url}/v1/jobs?additions=sentiment",
        content=audio,
        headers={"Content-Type": "audio/wav"},
    )
    assert answer.status_code == 422
    assert "talk_time" in answer.json()["detail"]


def test_failed_job_has_no_additions(farm: DispatcherFarm, audio: bytes) -> None:
    job_id = str(farm.submit(audio, additions="topics")["id"])
    farm.fail(farm.claim(job_id), EngineFailed("no"))
    assert farm.http.get(f"{farm.url}/v1/jobs/{job_id}/callbacks").json() == {"callbacks": []}


def test_erasure_deletes_the_additions(farm: DispatcherFarm, audio: bytes) -> None:
    job_id = done(farm, audio, "topics")
    additions(farm, job_id, "topics", tried=True)
    assert any("additions" in key for key in farm.blobs())
    erased = farm.http.request(
        "DELETE", f"{farm.url}/v1/jobs/{job_id}/content", params={"reason": "asked for"}
    )
    assert erased.status_code == 200, erased.text
    assert farm.blobs() == []
    assert farm.http.get(f"{farm.url}/v1/jobs/{job_id}/additions").status_code == 410
