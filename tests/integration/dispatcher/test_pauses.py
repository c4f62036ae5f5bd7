"""Pausing a farm or a preset: new jobs, dispatch, and who may do it."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from structlog.testing import capture_logs

from tests.integration.dispatcher.farm import DEADLINE_S, WAV, DispatcherFarm, started
from tests.support.waiting import until


def pause(farm: DispatcherFarm, **query: str) -> httpx.Response:
    return farm.http.put(f"{farm.url}/v1/pauses", params=query)


def resume(farm: DispatcherFarm, **query: str) -> None:
    assert farm.http.delete(f"{farm.url}/v1/pauses", params=query).status_code == 200


def submit(
    farm: DispatcherFarm, audio: bytes, path: str = "/v1/jobs", **more: str
) -> httpx.Response:
    return farm.http.post(f"{farm.url}{path}", params=more, content=audio, headers=WAV)


def test_paused_farm_refuses_new_jobs_with_the_reason(farm: DispatcherFarm, audio: bytes) -> None:
    pause(farm, reason="the database moves", retry_after_s="900")
    for path in ("/v1/jobs", "/transcribe"):
        answer = submit(farm, audio, path)
        assert (answer.status_code, answer.json()["name"]) == (503, "farm-paused")
        assert answer.headers["retry-after"] == "900"
        assert "the database moves" in answer.json()["detail"]
    assert farm.blobs() == []
    assert farm.http.get(f"{farm.url}/v1/jobs").json()["jobs"] == []
    resume(farm)
    assert submit(farm, audio).status_code == 202


def test_request_with_a_known_key_gets_its_job_while_paused(
    farm: DispatcherFarm, audio: bytes
) -> None:
    request = {"content": audio, "headers": {**WAV, "Idempotency-Key": "call-17"}}
    first = farm.http.post(f"{farm.url}/v1/jobs", **request)  # type: ignore[arg-type]
    pause(farm)
    again = farm.http.post(f"{farm.url}/v1/jobs", **request)  # type: ignore[arg-type]
    assert (again.status_code, again.json()["id"]) == (202, first.json()["id"])


def test_paused_preset_refuses_its_jobs_alone(farm: DispatcherFarm, audio: bytes) -> None:
    pause(farm, preset="demo", dispatch="false")
    assert submit(farm, audio).json()["name"] == "farm-paused"
    after_the_file = farm.http.post(
        f"{farm.url}/v1/jobs", files={"file": audio, "model": (None, "demo")}
    )
    assert after_the_file.json()["name"] == "farm-paused"
    assert submit(farm, audio, model="small").status_code == 202


def test_paused_dispatch_leaves_jobs_in_the_ledger(farm: DispatcherFarm, audio: bytes) -> None:
    pause(farm, accept="false", preset="demo")
    waiting = submit(farm, audio).json()["id"]
    other = submit(farm, audio, model="small").json()["id"]
    assert farm.publisher.published(1) == [other]
    resume(farm, preset="demo")
    until(lambda: waiting in dict(farm.publisher.now), "the dispatch", within_s=DEADLINE_S)


def test_pause_is_in_readyz_and_in_the_log(farm: DispatcherFarm) -> None:
    with capture_logs() as logs:
        pause(farm, preset="demo", reason="secret move")
        check = farm.http.get(f"{farm.url}/readyz").json()["checks"]["ledger"]
        resume(farm, preset="demo")
        resume(farm, preset="demo")
    assert check["ok"]
    assert check["detail"].endswith("; paused: demo (accept and dispatch)")
    assert [log["event"] for log in logs if log["event"].startswith("pause.")] == [
        *("pause.started", "pause.ended")
    ]
    after = farm.http.get(f"{farm.url}/readyz").json()["checks"]["ledger"]
    assert after["detail"].endswith("; nothing is paused")


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ({"accept": "false", "dispatch": "false"}, "invalid-option"),
        ({"preset": "premium"}, "unknown-model"),
        ({"reason": "a\nb"}, "invalid-option"),
        ({"retry_after_s": "0"}, "invalid-option"),
    ],
)
def test_invalid_pauses_are_rejected(
    farm: DispatcherFarm, query: dict[str, str], name: str
) -> None:
    answer = pause(farm, **query)
    assert (answer.status_code, answer.json()["name"]) == (422, name)
    assert farm.http.get(f"{farm.url}/v1/pauses").json() == {"pauses": []}


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[DispatcherFarm]:
    """Run a farm with a key of a caller and one of an operator."""
    with started(tmp_path, api_keys="acme:caller", operator_keys="acme:operator") as running:
        yield running


def test_only_operators_pause(guarded: DispatcherFarm) -> None:
    for method in ("GET", "PUT", "DELETE"):
        statuses = [
            guarded.http.request(
                method, f"{guarded.url}/v1/pauses", headers={"X-API-Key": key}
            ).status_code
            for key in ("caller", "operator")
        ]
        assert statuses == [403, 200]
