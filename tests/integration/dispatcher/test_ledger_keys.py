"""Keys of the ledger: accepted, expired, revoked, rotated, limited, and never logged."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from structlog.testing import capture_logs

from tests.integration.dispatcher.farm import WAV, DispatcherFarm, started
from tests.support.waiting import until
from whisperfarm_client import Farm
from whisperfarm_contract.permissions import Permission
from whisperfarm_contract.problems import JobNotFound
from whisperfarm_store.ledger import KeyGrant

OF_SETTINGS = "key-of-the-settings"


@pytest.fixture
def farm(tmp_path: Path) -> Iterator[DispatcherFarm]:
    """Run a farm that requires a key, with one in its settings."""
    with started(tmp_path, api_keys=f"north:{OF_SETTINGS}") as running:
        yield running


def create(farm: DispatcherFarm, **grant: Any) -> tuple[str, str]:
    """Return the id and the text of a new key, by default of a caller of `north`."""
    chosen = {"tenant": "north", "role": "caller", **grant}
    key, text = farm.deps.ledger.api_keys.create(KeyGrant(**chosen))
    return key.id, text.text


def get(farm: DispatcherFarm, key: str, path: str = "/v1/jobs", **params: str) -> httpx.Response:
    headers = {"Authorization": f"Bearer {key}"}
    return farm.http.get(f"{farm.url}{path}", headers=headers, params=params)


def submit(farm: DispatcherFarm, key: str, audio: bytes) -> httpx.Response:
    headers = {**WAV, "X-API-Key": key}
    return farm.http.post(f"{farm.url}/v1/jobs", content=audio, headers=headers)


def test_keys_of_ledger_and_settings_are_of_one_tenant(farm: DispatcherFarm, audio: bytes) -> None:
    _, key = create(farm)
    job = submit(farm, OF_SETTINGS, audio).json()["id"]
    assert [one["id"] for one in get(farm, key).json()["jobs"]] == [job]


def test_jobs_of_another_tenant_do_not_exist(farm: DispatcherFarm, audio: bytes) -> None:
    _, key = create(farm, tenant="south", role="admin")
    job = submit(farm, OF_SETTINGS, audio).json()["id"]
    for path in (f"/v1/jobs/{job}", f"/v1/jobs/{job}/result", f"/v1/jobs/{job}/callbacks"):
        answer = get(farm, key, path)
        assert (answer.status_code, answer.json()["name"]) == (404, "job-not-found")


def test_farm_without_keys_in_settings_may_require_one(tmp_path: Path) -> None:
    with started(tmp_path, require_key=True) as farm:
        _, key = create(farm)
        assert farm.http.get(f"{farm.url}/v1/jobs").status_code == 401
        assert get(farm, key).status_code == 200


@pytest.mark.parametrize(
    "change",
    [
        lambda key: f"{key[:-1]}{'B' if key[-1] != 'B' else 'C'}",
        lambda key: key[:-1],
        lambda key: f"{key}x",
        lambda key: key.upper(),
        lambda key: key.replace("wf_", "wf-"),
        lambda key: f"wf_{'0' * 12}_{key[16:]}",
        lambda key: f"wf_' OR 1=1 --_{key[16:]}",
        lambda key: key[16:],
        lambda _: "wf_\xff\xfe",
        lambda _: "x" * 10_000,
    ],
)
def test_altered_key_is_refused(farm: DispatcherFarm, change: Any) -> None:
    _, key = create(farm)
    bearer = f"Bearer {change(key)}".encode("latin-1")
    answer = farm.http.get(f"{farm.url}/v1/jobs", headers={b"Authorization": bearer})
    assert (answer.status_code, answer.json()["name"]) == (401, "invalid-api-key")
    assert get(farm, key).status_code == 200


def test_expired_key_is_refused(farm: DispatcherFarm) -> None:
    key_id, key = create(farm, expires_in_s=0.0)
    with capture_logs() as logs:
        answer = get(farm, key)
    assert (answer.status_code, answer.json()["name"]) == (401, "invalid-api-key")
    assert f"{key_id} is expired" in answer.json()["detail"]
    [refused] = [log for log in logs if log["event"] == "access.refused"]
    assert (refused["reason"], refused["key"], refused["tenant"]) == ("expired", key_id, "north")


def test_state_of_a_key_is_not_revealed_without_its_secret(farm: DispatcherFarm) -> None:
    key_id, _ = create(farm, expires_in_s=0.0)
    answer = get(farm, f"wf_{key_id}_{'A' * 43}")
    assert "expired" not in answer.text


def test_revoked_key_is_refused_once_its_copy_is_too_old(farm: DispatcherFarm) -> None:
    key_id, key = create(farm)
    assert get(farm, key).status_code == 200
    farm.deps.ledger.api_keys.revoke(key_id)
    until(lambda: get(farm, key).status_code == 401, "the revocation")
    assert "is revoked" in get(farm, key).json()["detail"]


def test_rotated_key_and_its_replacement_are_accepted(farm: DispatcherFarm) -> None:
    old_id, old = create(farm)
    _, new = farm.deps.ledger.api_keys.rotate(old_id, grace_s=3600)
    assert [get(farm, key).status_code for key in (old, new.text)] == [200, 200]


def test_key_has_its_own_rate_limit(farm: DispatcherFarm) -> None:
    _, limited = create(farm, rate_limit="2/hour")
    _, other = create(farm)
    answers = [get(farm, limited) for _ in range(3)]
    assert [one.status_code for one in answers] == [200, 200, 429]
    assert "of the API key is 2 per 1 hour" in answers[2].json()["detail"]
    assert 3500 < int(answers[2].headers["Retry-After"]) <= 3600
    assert get(farm, other).status_code == 200


def test_key_permits_what_it_was_given(farm: DispatcherFarm, audio: bytes) -> None:
    _, key = create(farm, role=None, permissions=(Permission.READ_JOBS,))
    assert get(farm, key).status_code == 200
    answer = submit(farm, key, audio)
    assert (answer.status_code, answer.json()["name"]) == (403, "permission-denied")
    assert "the key does not have the permission submit:jobs" in answer.json()["detail"]
    assert farm.blobs() == []


def test_key_with_an_unknown_role_permits_nothing(farm: DispatcherFarm) -> None:
    _, key = create(farm, role="exporter")
    assert get(farm, key).status_code == 403


def test_role_of_the_file_is_granted(tmp_path: Path) -> None:
    roles = tmp_path / "roles.yaml"
    roles.write_text("roles: {exporter: ['read:jobs']}")
    with started(tmp_path, require_key=True, roles_file=roles) as farm:
        _, key = create(farm, role="exporter")
        assert [get(farm, key, path).status_code for path in ("/v1/jobs", "/v1/pauses")] == [
            *(200, 403)
        ]


@pytest.mark.parametrize("name", ["api_key", "access_token", "token", "apikey"])
def test_key_in_the_address_is_refused(farm: DispatcherFarm, name: str) -> None:
    _, key = create(farm)
    with capture_logs() as logs:
        for answer in (
            get(farm, key, **{name: key}),
            farm.http.get(f"{farm.url}/v1/jobs", params={name: key}),
        ):
            assert (answer.status_code, answer.json()["name"]) == (401, "invalid-api-key")
            assert "is in the address" in answer.json()["detail"]
    assert key not in repr(logs)


def test_keys_are_not_logged(farm: DispatcherFarm, audio: bytes) -> None:
    _, key = create(farm)
    with capture_logs() as logs:
        submit(farm, key, audio)
        get(farm, f"{key}x")
        get(farm, key, "/v1/pauses")
    assert {log["event"] for log in logs} >= {"http.responded", "access.refused"}
    assert key[16:] not in repr(logs)


def test_last_use_is_recorded(farm: DispatcherFarm) -> None:
    key_id, key = create(farm)
    assert get(farm, key).status_code == 200
    used_at = farm.deps.ledger.api_keys.get(key_id).last_used_at
    get(farm, key)
    assert used_at is not None
    assert farm.deps.ledger.api_keys.get(key_id).last_used_at == used_at


def test_refused_key_is_not_used(farm: DispatcherFarm) -> None:
    key_id, _ = create(farm)
    get(farm, f"wf_{key_id}_{'A' * 43}")
    assert farm.deps.ledger.api_keys.get(key_id).last_used_at is None


def test_farm_sends_the_key_that_its_file_has_now(
    farm: DispatcherFarm, tmp_path: Path, audio: bytes
) -> None:
    file = tmp_path / "key"
    file.write_text(OF_SETTINGS)
    job = submit(farm, OF_SETTINGS, audio).json()["id"]
    with Farm(farm.url, api_key_file=str(file), environ={}) as client:
        assert client.job(job)["id"] == job
        file.write_text(create(farm, tenant="south")[1])
        with pytest.raises(JobNotFound):
            client.job(job)


def test_usage_shows_the_own_tenant_and_all_to_an_operator(
    farm: DispatcherFarm, audio: bytes
) -> None:
    north, key = create(farm)
    _, south = create(farm, tenant="south")
    _, operator = create(farm, tenant="ops", role="operator")
    _, analyst = create(farm, role="analyst")
    made = [submit(farm, one, audio).json()["id"] for one in (key, south, OF_SETTINGS)]
    farm.deps.ledger.jobs.request_cancel(made[0], tenant="north")
    headers = {"X-API-Key": key}
    farm.http.post(f"{farm.url}/v1/jobs/{made[0]}/retry", headers=headers)
    [settings, own] = get(farm, key, "/v1/usage").json()["usage"]
    assert (settings["key"], own["key"], own["tenant"]) == (None, north, "north")
    assert (own["jobs"]["queued"], own["jobs"]["cancelled"]) == (1, 1)
    assert get(farm, key, "/v1/usage", tenant="south").json()["usage"] == [settings, own]
    tenants = [one["tenant"] for one in get(farm, operator, "/v1/usage").json()["usage"]]
    assert tenants == ["north", "north", "south"]
    assert len(get(farm, operator, "/v1/usage", tenant="south").json()["usage"]) == 1
    assert get(farm, analyst, "/v1/usage").status_code == 403
    for wrong in ({"from": "x"}, {"to": "2024-02-30"}, {"from": "1999-01-01"}):
        assert get(farm, key, "/v1/usage", **wrong).status_code == 422


def test_key_may_submit_its_quota_of_the_day(farm: DispatcherFarm, audio: bytes) -> None:
    key_id, key = create(farm, max_jobs_per_day=2)
    _, other = create(farm)
    headers = {**WAV, "X-API-Key": key, "Idempotency-Key": "a"}
    url = f"{farm.url}/v1/jobs"
    first = farm.http.post(url, content=audio, headers=headers).json()["id"]
    farm.deps.ledger.jobs.request_cancel(first, tenant="north")
    assert submit(farm, key, audio).status_code == 202
    refused = submit(farm, key, audio)
    assert (refused.status_code, refused.json()["name"]) == (429, "tenant-busy")
    assert f"the API key {key_id} has submitted 2 jobs today" in refused.json()["detail"]
    assert 0 < int(refused.headers["retry-after"]) <= 86_400
    retried = farm.http.post(f"{url}/{first}/retry", headers={"X-API-Key": key})
    assert retried.status_code == 429
    again = farm.http.post(url, content=audio, headers=headers)
    assert (again.status_code, again.json()["id"]) == (202, first)
    assert submit(farm, other, audio).status_code == 202


def test_tenant_may_submit_its_quota_of_the_day(tmp_path: Path, audio: bytes) -> None:
    keys = "north:key-of-north,south:key-of-south"
    with started(tmp_path, api_keys=keys, max_tenant_audio_s_per_day=0.1) as farm:
        assert submit(farm, "key-of-north", audio).status_code == 202
        refused = submit(farm, "key-of-north", audio)
        assert (refused.status_code, refused.json()["name"]) == (429, "tenant-busy")
        assert "WHISPERFARM_MAX_TENANT_AUDIO_S_PER_DAY" in refused.json()["detail"]
        assert submit(farm, "key-of-south", audio).status_code == 202


def test_audit_log_names_the_key_that_changed_something(farm: DispatcherFarm) -> None:
    key_id, admin = create(farm, role="admin")
    _, operator = create(farm, role="operator")
    headers = {"Authorization": f"Bearer {admin}"}
    for method in ("PUT", "DELETE"):
        farm.http.request(method, f"{farm.url}/v1/pauses", headers=headers).raise_for_status()
    entries = get(farm, admin, "/v1/audit").json()["entries"]
    paused, resumed = entries[-2:]
    assert (paused["kind"], resumed["kind"]) == ("paused", "resumed")
    assert paused["body"]["actor"] == resumed["body"]["actor"] == f"key:{key_id}"
    assert paused["body"]["address"] == "127.0.0.1"
    page = get(farm, admin, "/v1/audit", after=str(paused["number"]), limit="1").json()
    assert page["entries"] == [resumed]
    assert get(farm, operator, "/v1/audit").status_code == 403
