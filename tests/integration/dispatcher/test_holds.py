"""Legal holds and erasures over HTTP, and the retention that completes them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.integration.dispatcher.farm import DispatcherFarm, started
from tests.support.recordings import wav
from whisperfarm_dispatcher.maintenance.retention import Retention, RetentionPolicy

REASON = {"reason": "case 2024-311"}


@pytest.fixture
def farm(tmp_path: Path) -> Iterator[DispatcherFarm]:
    with started(tmp_path) as running:
        yield running


def send(farm: DispatcherFarm, method: str, path: str, **params: Any) -> httpx.Response:
    return farm.http.request(method, f"{farm.url}/v1/{path}", params=params)


def run_retention(farm: DispatcherFarm) -> None:
    policy = RetentionPolicy(audio_days=0, results_days=0, jobs_days=0, idempotency_days=7)
    Retention(farm.deps.ledger, farm.deps.blobs, policy).run_once()


def test_erasure_deletes_at_once_and_keeps_the_job(farm: DispatcherFarm) -> None:
    job = farm.transcribed(wav())
    farm.deps.blobs.put(f"checkpoints/default/{job}/1", b"half")
    erased = send(farm, "DELETE", f"jobs/{job}/content", **REASON)
    assert (erased.status_code, erased.json()["state"]) == (200, "succeeded")
    assert farm.blobs() == []
    for path in (f"jobs/{job}/result", f"jobs/{job}/audio"):
        assert send(farm, "GET", path).status_code == 410
    again = send(farm, "DELETE", f"jobs/{job}/content", **REASON)
    assert again.json() == erased.json()


def test_hold_refuses_erasure_until_it_is_lifted(farm: DispatcherFarm) -> None:
    job = farm.transcribed(wav())
    held = send(farm, "PUT", f"jobs/{job}/hold", **REASON).json()
    assert held["hold"]["reason"] == REASON["reason"]
    refused = send(farm, "DELETE", f"jobs/{job}/content", **REASON)
    assert (refused.status_code, refused.json()["name"]) == (409, "job-on-hold")
    assert farm.blobs() != []
    assert send(farm, "DELETE", f"jobs/{job}/hold", **REASON).json()["hold"] is None
    assert send(farm, "DELETE", f"jobs/{job}/content", **REASON).status_code == 200


def test_holds_of_many_need_a_filter(farm: DispatcherFarm) -> None:
    jobs = [farm.transcribed(wav()) for _ in range(2)]
    for params in ({}, {"limit": "1"}, {"color": "red"}):
        assert send(farm, "PUT", "holds", **REASON, **params).status_code == 422
    assert send(farm, "PUT", "holds", **REASON, state="succeeded").json() == {"jobs": 2}
    assert send(farm, "PUT", "holds", **REASON, state="succeeded").json() == {"jobs": 0}
    assert all(send(farm, "GET", f"jobs/{job}").json()["hold"] for job in jobs)
    assert send(farm, "DELETE", "holds", **REASON, state="succeeded").json() == {"jobs": 2}


@pytest.mark.parametrize("reason", [None, "", " ", "a\x1b[2J", "x" * 201])
def test_reason_is_required_and_printable(farm: DispatcherFarm, reason: str | None) -> None:
    job = farm.transcribed(wav())
    params = {} if reason is None else {"reason": reason}
    for method, path in (("PUT", "hold"), ("DELETE", "content")):
        assert send(farm, method, f"jobs/{job}/{path}", **params).status_code == 422
    assert farm.blobs() != []


def test_erasure_that_was_interrupted_is_completed(farm: DispatcherFarm) -> None:
    job = farm.transcribed(wav())
    tenant = farm.jobs()[0].tenant
    farm.deps.ledger.erasures.request(job, tenant=tenant, reason="request 7")
    assert farm.blobs() != []
    run_retention(farm)
    assert farm.blobs() == []


def test_days_of_a_job_delete_its_recording(farm: DispatcherFarm) -> None:
    farm.transcribed(wav(), keep_audio_days="0")
    run_retention(farm)
    assert [key.partition("/")[0] for key in farm.blobs()] == ["results"]
