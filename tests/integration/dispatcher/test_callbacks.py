"""Callbacks from a job's end to receivers of all kinds."""

import base64
import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook

from tests.integration.dispatcher.farm import DEADLINE_S, HELLO, DispatcherFarm, started
from tests.integration.dispatcher.receivers import (
    Receiver,
    answers,
    closes_early,
    drips,
    hangs,
    receiver,
    sends_without_end,
)
from tests.support.waiting import until
from whisperfarm_contract.problems import EngineFailed
from whisperfarm_dispatcher.callbacks.delivery import MAX_PER_ENDPOINT
from whisperfarm_dispatcher.callbacks.http import HttpSender
from whisperfarm_dispatcher.callbacks.secrets import read_secrets
from whisperfarm_dispatcher.egress import HttpClient, read_networks
from whisperfarm_store.ledger import Callback

SECRET = "whsec_" + base64.b64encode(b"s" * 32).decode()
NEXT_SECRET = "whsec_" + base64.b64encode(b"n" * 32).decode()
DEFAULT_RING = read_secrets(SECRET)
SIGNING = {"callback_secrets": f"{SECRET},{NEXT_SECRET}", "callback_interval_s": 0.02}


@pytest.fixture
def farm(tmp_path: Path) -> Iterator[DispatcherFarm]:
    """Run a dispatcher that may send callbacks to this machine."""
    with started(tmp_path, allowed_networks="127.0.0.0/8", **SIGNING) as running:
        yield running


@pytest.fixture
def received() -> Iterator[Receiver]:
    """Run a receiver that accepts everything."""
    with receiver(answers(204)) as running:
        yield running


def done(farm: DispatcherFarm, audio: bytes, address: str) -> str:
    """Run a job to success that has a callback to `address`. Returns its id."""
    job_id = str(farm.submit(audio, callback_url=address)["id"])
    farm.succeed(farm.claim(job_id), HELLO)
    return job_id


def callbacks(farm: DispatcherFarm, job_id: str) -> list[dict[str, Any]]:
    answer = farm.http.get(f"{farm.url}/v1/jobs/{job_id}/callbacks")
    assert answer.status_code == 200, answer.text
    return list(answer.json()["callbacks"])


def await_tried(
    farm: DispatcherFarm, job_id: str, *, tries: int = 1, state: str = ""
) -> dict[str, Any]:
    """Return the job's callback, once `tries` attempts have a recorded outcome."""

    def look() -> dict[str, Any] | None:
        [one] = callbacks(farm, job_id)
        known = one["last_status"] is not None or one["last_error"] is not None
        reached = one["tries"] >= tries and known and (not state or one["state"] == state)
        return one if reached else None

    return until(look, f"{tries} tries of the callback", within_s=3 * DEADLINE_S)


@pytest.mark.parametrize("secret", [SECRET, NEXT_SECRET])
def test_callback_signature_verifies(
    farm: DispatcherFarm, audio: bytes, received: Receiver, secret: str
) -> None:
    job_id = done(farm, audio, f"{received.url}/callback?call=7")
    [request] = received.await_requests(1)
    event = Webhook(secret).verify(request.body, dict(request.headers))
    assert request.path == "/callback?call=7"
    assert request.headers["Content-Type"] == "application/json"
    assert event["type"] == "job.succeeded"
    assert event["data"]["id"] == job_id
    assert event["data"]["links"]["result"] == f"/v1/jobs/{job_id}/result"
    assert b"hello there" not in request.body
    one = await_tried(farm, job_id, state="delivered")
    assert (one["last_status"], one["last_error"], one["tries"]) == (204, None, 1)


def test_callbacks_report_failures_and_cancellations(
    farm: DispatcherFarm, audio: bytes, received: Receiver
) -> None:
    first = str(farm.submit(audio, callback_url=received.url)["id"])
    farm.fail(farm.claim(first), EngineFailed("out of luck"))
    second = str(farm.submit(audio, callback_url=received.url)["id"])
    farm.http.delete(f"{farm.url}/v1/jobs/{second}")
    events = [json.loads(one.body) for one in received.await_requests(2)]
    seen = {one["data"]["id"]: (one["type"], one["data"]["problem"]["name"]) for one in events}
    assert seen == {
        first: ("job.failed", "engine-failed"),
        second: ("job.cancelled", "job-cancelled"),
    }


def test_job_links_to_its_callbacks(farm: DispatcherFarm, audio: bytes, received: Receiver) -> None:
    job = farm.submit(audio, callback_url=received.url)
    assert job["links"]["callbacks"] == f"/v1/jobs/{job['id']}/callbacks"
    assert callbacks(farm, job["id"]) == []


@pytest.mark.parametrize(
    ("behave", "status", "words"),
    [
        (answers(500), 500, "answered 500"),
        (answers(302, Location="http://127.0.0.1:1/else"), 302, "answered 302"),
        (answers(404), 404, "answered 404"),
        (closes_early, None, "does not answer"),
    ],
    ids=["fails", "redirects", "does not know it", "closes early"],
)
def test_failed_delivery_is_retried_later(
    farm: DispatcherFarm, audio: bytes, behave: Any, status: int | None, words: str
) -> None:
    with receiver(behave) as received:
        job_id = done(farm, audio, received.url)
        one = await_tried(farm, job_id)
        assert (one["state"], one["last_status"]) == ("pending", status)
        assert words in one["last_error"]
        assert one["next_at"] > one["created_at"]
        assert len(received.requests) == 1


def test_refused_connection_is_retried_later(farm: DispatcherFarm, audio: bytes) -> None:
    with receiver(answers(204)) as gone:
        address = gone.url
    one = await_tried(farm, done(farm, audio, address))
    assert (one["state"], one["last_status"]) == ("pending", None)


@pytest.mark.timeout(120)
def test_second_try_has_the_same_id_and_a_valid_signature(
    farm: DispatcherFarm, audio: bytes
) -> None:
    with receiver(answers(503)) as received:
        job_id = done(farm, audio, received.url)
        await_tried(farm, job_id)
        received.behave = answers(200)
        first, second = received.await_requests(2)  # the first delay is about five seconds
        await_tried(farm, job_id, tries=2, state="delivered")
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.body == second.body
    assert Webhook(SECRET).verify(second.body, dict(second.headers))


def test_retry_after_delays_the_next_try(farm: DispatcherFarm, audio: bytes) -> None:
    with receiver(answers(429, Retry_After="7200")) as received:
        job_id = done(farm, audio, received.url)
        await_tried(farm, job_id)
    [one] = farm.deps.ledger.callbacks.list_for_job(job_id, tenant="default")
    assert one.next_at is not None
    assert one.next_at - one.created_at == pytest.approx(7200, abs=60)


def test_endpoint_answering_410_is_unsubscribed_until_a_replay(
    farm: DispatcherFarm, audio: bytes
) -> None:
    with receiver(answers(410)) as received:
        first = done(farm, audio, received.url)
        assert await_tried(farm, first)["state"] == "failed"
        second = done(farm, audio, received.url)
        one = await_tried(farm, second, state="failed")
        assert "410 earlier" in one["last_error"]
        assert len(received.requests) == 1
        received.behave = answers(200)
        again = farm.http.post(f"{farm.url}/v1/jobs/{second}/callbacks")
        assert again.status_code == 202
        await_tried(farm, second, state="delivered")
        third = done(farm, audio, received.url)
        await_tried(farm, third, state="delivered")
        assert len(received.requests) == 3


def test_replay_sends_a_delivered_callback_again(
    farm: DispatcherFarm, audio: bytes, received: Receiver
) -> None:
    job_id = done(farm, audio, received.url)
    await_tried(farm, job_id, state="delivered")
    assert farm.http.post(f"{farm.url}/v1/jobs/{job_id}/callbacks").status_code == 202
    first, second = received.await_requests(2)
    assert first.headers["webhook-id"] == second.headers["webhook-id"]


def test_replay_needs_a_finished_job(
    farm: DispatcherFarm, audio: bytes, received: Receiver
) -> None:
    job_id = farm.submit(audio, callback_url=received.url)["id"]
    answer = farm.http.post(f"{farm.url}/v1/jobs/{job_id}/callbacks")
    assert (answer.status_code, answer.json()["name"]) == (409, "job-not-finished")


def test_endless_body_is_not_read_to_its_end(farm: DispatcherFarm, audio: bytes) -> None:
    with receiver(sends_without_end) as received:
        assert await_tried(farm, done(farm, audio, received.url))["state"] == "delivered"


def test_hanging_endpoint_does_not_block_others(
    farm: DispatcherFarm, audio: bytes, received: Receiver
) -> None:
    end = threading.Event()
    with receiver(hangs(end)) as stuck:
        for _ in range(2 * MAX_PER_ENDPOINT):
            done(farm, audio, stuck.url)
        stuck.await_requests(MAX_PER_ENDPOINT)
        job_id = done(farm, audio, received.url)
        await_tried(farm, job_id, state="delivered")
        assert len(stuck.requests) == MAX_PER_ENDPOINT
        end.set()


@pytest.mark.parametrize("slow", [hangs, drips])
def test_delivery_ends_after_its_timeout(slow: Any) -> None:
    end = threading.Event()
    with receiver(slow(end)) as stuck:
        sending = HttpSender(
            HttpClient(read_networks("127.0.0.0/8")),
            DEFAULT_RING,
            timeout_s=0.5,
            chance=lambda: 0.5,
        )
        began = time.monotonic()
        outcome = sending.send(callback_to(stuck.url))
        end.set()
    assert time.monotonic() - began < 10
    assert outcome.error is not None
    assert "does not answer" in outcome.error
    assert outcome.retry_in_s == 5.0


def test_host_with_a_private_address_is_not_connected_to() -> None:
    with receiver(answers(200)) as inside:
        port = inside.url.rpartition(":")[2]
        sending = HttpSender(HttpClient(resolve=lambda *_: ["127.0.0.1"]), DEFAULT_RING)
        outcome = sending.send(callback_to(f"http://innocent.example:{port}/"))
        assert inside.requests == []
    assert outcome.error is not None
    assert "not a public address" in outcome.error
    assert outcome.retry_in_s is None


def test_host_is_resolved_once_and_connected_as_checked() -> None:
    answered = iter([["127.0.0.1"], ["127.0.0.2"]])
    asked: list[str] = []

    def resolve(host: str, _port: int) -> list[str]:
        asked.append(host)
        return next(answered)

    with receiver(answers(200)) as received:
        port = received.url.rpartition(":")[2]
        outgoing = HttpClient(read_networks("127.0.0.1/32"), resolve=resolve)
        sending = HttpSender(outgoing, DEFAULT_RING)
        assert sending.send(callback_to(f"http://name.example:{port}/")).status == 200
        assert asked == ["name.example"]
        assert received.requests[0].headers["Host"] == f"name.example:{port}"


def test_host_with_any_private_address_is_rejected() -> None:
    outgoing = HttpClient(resolve=lambda *_: ["93.184.215.14", "10.0.0.1"])
    outcome = HttpSender(outgoing, DEFAULT_RING).send(callback_to("http://mixed.example/"))
    assert outcome.retry_in_s is None
    assert "not a public address" in str(outcome.error)


def test_environment_proxies_are_not_used(
    monkeypatch: pytest.MonkeyPatch, farm: DispatcherFarm, audio: bytes, received: Receiver
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    await_tried(farm, done(farm, audio, received.url), state="delivered")


def test_callback_to_loopback_is_rejected_by_default(tmp_path: Path, audio: bytes) -> None:
    with started(tmp_path, **SIGNING) as farm:
        answer = farm.http.post(
            f"{farm.url}/v1/jobs",
            params={"callback_url": "http://127.0.0.1:1/"},
            files={"file": audio},
        )
        assert (answer.status_code, answer.json()["name"]) == (422, "forbidden-address")
        assert farm.jobs() == []
        assert farm.blobs() == []


def test_check_rejects_callbacks_without_a_secret(tmp_path: Path, audio: bytes) -> None:
    with started(tmp_path) as farm:
        answer = farm.http.post(
            f"{farm.url}/v1/jobs",
            data={"callback_url": "https://example.com/"},
            files={"file": audio},
        )
        assert (answer.status_code, answer.json()["name"]) == (422, "invalid-option")
        assert "WHISPERFARM_CALLBACK_SECRETS" in answer.json()["detail"]
        assert farm.blobs() == []


def test_callback_url_after_the_file_is_checked(tmp_path: Path, audio: bytes) -> None:
    with started(tmp_path) as farm:
        form = [("file", ("a.wav", audio)), ("callback_url", (None, "https://example.com/"))]
        answer = farm.http.post(f"{farm.url}/v1/jobs", files=form)
        assert (answer.status_code, answer.json()["name"]) == (422, "invalid-option")
        assert farm.blobs() == []


def callback_to(address: str) -> Callback:
    return Callback(
        id="j_callback",
        job_id="j",
        tenant="default",
        protocol="http",
        address=address,
        endpoint="r",
        event="job.succeeded",
        body="{}",
        state="pending",
        tries=1,
        tries_before_replay=0,
        created_at=0.0,
    )
