"""A farm with a full backlog rejects jobs, with a `Retry-After`."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from tests.integration.dispatcher.farm import HELLO, WAV, DispatcherFarm, started
from tests.support.recordings import wav
from tests.support.waiting import until

KEYS = "acme:aaaa,umbrella:bbbb"


@pytest.fixture
def narrow(tmp_path: Path) -> Iterator[DispatcherFarm]:
    """Run a farm with room for three jobs, two per tenant."""
    bounds = {"max_backlog_jobs": 3, "max_tenant_jobs": 2}
    with started(tmp_path, api_keys=KEYS, **bounds) as running:
        yield running


def submit(farm: DispatcherFarm, key: str, **headers: str) -> httpx.Response:
    return farm.http.post(
        f"{farm.url}/v1/jobs",
        content=wav(),
        headers={**WAV, "X-API-Key": key, **headers},
    )


def test_quota_is_per_tenant_and_for_the_farm(narrow: DispatcherFarm) -> None:
    answers = [submit(narrow, key) for key in ("aaaa", "aaaa", "aaaa", "bbbb", "bbbb")]
    assert [answer.status_code for answer in answers] == [202, 202, 429, 202, 503]
    assert [answers[place].json()["name"] for place in (2, 4)] == ["tenant-busy", "farm-busy"]
    assert all(int(answers[place].headers["Retry-After"]) >= 1 for place in (2, 4))
    assert len(narrow.blobs()) == 3


def test_finished_job_frees_its_quota(narrow: DispatcherFarm) -> None:
    first, _, refused = (submit(narrow, "aaaa") for _ in range(3))
    assert refused.status_code == 429
    narrow.succeed(narrow.claim(first.json()["id"]), HELLO)
    # a rejection uses the cached count for a moment
    until(lambda: submit(narrow, "aaaa").status_code == 202, "room for another job")


def test_duplicate_request_is_answered_by_a_full_farm(narrow: DispatcherFarm) -> None:
    first = submit(narrow, "aaaa", **{"Idempotency-Key": "k"})
    assert submit(narrow, "aaaa").status_code == 202
    again = submit(narrow, "aaaa", **{"Idempotency-Key": "k"})
    assert (again.status_code, again.json()["id"]) == (202, first.json()["id"])
    assert submit(narrow, "aaaa", **{"Idempotency-Key": "new"}).status_code == 429


def test_concurrent_jobs_do_not_exceed_the_quota(tmp_path: Path) -> None:
    with started(tmp_path, max_backlog_jobs=5) as farm, ThreadPoolExecutor(8) as callers:
        sent = [
            callers.submit(farm.http.post, f"{farm.url}/v1/jobs", content=wav(), headers=WAV)
            for _ in range(24)
        ]
        statuses = sorted(one.result().status_code for one in sent)
    assert statuses == [202] * 5 + [503] * 19


def test_quota_can_be_seconds_of_audio(tmp_path: Path) -> None:
    with started(tmp_path, max_backlog_audio_s=3) as farm:
        statuses = [
            farm.http.post(f"{farm.url}/v1/jobs", content=wav(seconds=2), headers=WAV).status_code
            for _ in range(3)
        ]
    assert statuses == [202, 202, 503]


def test_queued_job_has_its_queue_position(farm: DispatcherFarm) -> None:
    first = farm.submit(wav(seconds=2))
    assert (first["ahead"], first["starts_in_s"]) == ({"jobs": 0, "audio_s": 0.0}, 0.0)
    second = farm.submit(wav(seconds=2))
    assert (second["ahead"], second["starts_in_s"]) == ({"jobs": 1, "audio_s": 2.0}, None)
    seen = farm.http.get(f"{farm.url}/v1/jobs/{second['id']}").json()
    assert (seen["ahead"], seen["starts_in_s"]) == ({"jobs": 1, "audio_s": 2.0}, None)
    farm.claim(first["id"])
    seen = farm.http.get(f"{farm.url}/v1/jobs/{second['id']}").json()
    assert seen["ahead"]["jobs"] == 0


def test_running_job_has_no_queue_position(farm: DispatcherFarm) -> None:
    job_id = farm.submit(wav())["id"]
    farm.claim(job_id)
    assert "ahead" not in farm.http.get(f"{farm.url}/v1/jobs/{job_id}").json()
