"""API keys and tenants; and the host names that a farm without keys accepts."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.integration.dispatcher.farm import WAV, DispatcherFarm, started
from whisperfarm_contract.problems import InvalidSettings
from whisperfarm_dispatcher.app import create_app
from whisperfarm_dispatcher.settings import DispatcherSettings

NORTH = {"Authorization": "Bearer key-of-the-north"}
SOUTH = {"X-API-Key": "key-of-the-south"}


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[DispatcherFarm]:
    """Run a farm with one key for each of two tenants."""
    keys = "north:key-of-the-north,south:key-of-the-south"
    with started(tmp_path, api_keys=keys) as running:
        yield running


def submit(farm: DispatcherFarm, audio: bytes, headers: dict[str, str]) -> httpx.Response:
    return farm.http.post(f"{farm.url}/v1/jobs", content=audio, headers={**WAV, **headers})


@pytest.mark.parametrize(
    ("headers", "name"),
    [
        ({}, "missing-api-key"),
        ({"Authorization": "Basic a2V5"}, "missing-api-key"),
        ({"Authorization": "Bearer"}, "missing-api-key"),
        ({"Authorization": "Bearer key-of-the-west"}, "invalid-api-key"),
        ({"X-API-Key": "north:key-of-the-north"}, "invalid-api-key"),
    ],
)
def test_request_without_a_valid_key_is_rejected(
    guarded: DispatcherFarm, audio: bytes, headers: dict[str, str], name: str
) -> None:
    for method, path in (("POST", "/v1/jobs"), ("POST", "/transcribe"), ("GET", "/v1/jobs")):
        content = audio if method == "POST" else b""
        answer = guarded.http.request(
            method, f"{guarded.url}{path}", headers={**WAV, **headers}, content=content
        )
        assert (answer.status_code, answer.json()["name"]) == (401, name)
        assert answer.headers["www-authenticate"] == "Bearer"
    assert guarded.blobs() == []


def test_key_is_accepted_in_each_form(guarded: DispatcherFarm, audio: bytes) -> None:
    assert submit(guarded, audio, NORTH).status_code == 202
    assert submit(guarded, audio, SOUTH).status_code == 202
    assert submit(guarded, audio, {"Authorization": "Token key-of-the-south"}).status_code == 202


def test_tenants_cannot_see_each_others_jobs(guarded: DispatcherFarm, audio: bytes) -> None:
    job = submit(guarded, audio, NORTH).json()
    of_north = {"headers": NORTH}
    assert guarded.http.get(f"{guarded.url}/v1/jobs", headers=SOUTH).json()["jobs"] == []
    assert guarded.http.get(f"{guarded.url}{job['links']['self']}", **of_north).status_code == 200
    for method, path in (("GET", "self"), ("GET", "result"), ("DELETE", "self")):
        answer = guarded.http.request(method, f"{guarded.url}{job['links'][path]}", headers=SOUTH)
        assert (answer.status_code, answer.json()["name"]) == (404, "job-not-found")
    before = {"before": job["id"]}
    answer = guarded.http.get(f"{guarded.url}/v1/jobs", headers=SOUTH, params=before)
    assert answer.json()["name"] == "job-not-found"


def test_tenants_have_separate_blobs_and_idempotency_keys(
    guarded: DispatcherFarm, audio: bytes
) -> None:
    again = {"Idempotency-Key": "call-17"}
    north = submit(guarded, audio, {**NORTH, **again}).json()["id"]
    south = submit(guarded, audio, {**SOUTH, **again}).json()["id"]
    assert north != south
    assert sorted(guarded.blobs()) == [f"audio/north/{north}", f"audio/south/{south}"]


def test_probes_and_docs_need_no_key(guarded: DispatcherFarm) -> None:
    for path in ("/healthz", "/docs", "/openapi.json"):
        assert guarded.http.get(f"{guarded.url}{path}").status_code == 200


def test_farm_with_keys_accepts_any_host_header(guarded: DispatcherFarm, audio: bytes) -> None:
    host = {"Host": "farm.example", "Origin": "https://intranet.example"}
    assert submit(guarded, audio, {**NORTH, **host}).status_code == 202


@pytest.mark.parametrize(
    "foreign", [{"Host": "rebound.example"}, {"Origin": "https://rebound.example"}]
)
def test_farm_without_keys_rejects_other_sites(
    farm: DispatcherFarm, audio: bytes, foreign: dict[str, str]
) -> None:
    answer = submit(farm, audio, foreign)
    assert (answer.status_code, answer.json()["name"]) == (400, "client-error")
    assert "localhost" in answer.json()["detail"]
    assert farm.jobs() == []


def test_create_app_without_keys_needs_loopback(tmp_path: Path) -> None:
    everywhere = "0.0.0.0"  # noqa: S104
    with pytest.raises(InvalidSettings, match="WHISPERFARM_API_KEYS"):
        create_app(DispatcherSettings(data_dir=tmp_path, host=everywhere))
