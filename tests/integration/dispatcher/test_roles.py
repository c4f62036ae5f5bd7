"""Each role may send exactly the requests that the table permits."""

from collections.abc import Iterator, Sequence
from typing import Any

import httpx
import pytest
from fastapi.routing import iter_route_contexts

from tests.integration.dispatcher.farm import WAV, DispatcherFarm, started
from tests.support.recordings import wav
from whisperfarm_contract.permissions import ROLES, Permission
from whisperfarm_dispatcher.api.permissions import ROUTES
from whisperfarm_dispatcher.app import ROUTERS
from whisperfarm_store.ledger import KeyGrant, UploadGrant

REQUESTS = [
    (method, one.path or "", ROUTES[one.name or ""])
    for router in ROUTERS
    for one in iter_route_contexts(router.routes)
    for method in sorted(one.methods or ())
]
UPLOADS = "/v1/uploads"
"""Takes an upload token instead of a key."""
REASONED = ("/hold", "/content", "/holds")
OF_A_JOB = [(method, path) for method, path, _ in REQUESTS if "job_id}" in path]


@pytest.fixture(scope="module")
def farm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DispatcherFarm]:
    with started(tmp_path_factory.mktemp("roles"), require_key=True) as running:
        yield running


def key_of(farm: DispatcherFarm, **grant: Any) -> str:
    return farm.deps.ledger.api_keys.create(KeyGrant(**{"tenant": "north", **grant}))[1].text


def token_of(farm: DispatcherFarm, tenant: str) -> str:
    grant = UploadGrant(tenant=tenant, fields={})
    return farm.deps.ledger.upload_tokens.create(grant, expires_in_s=60)[1].text


def send(
    farm: DispatcherFarm,
    method: str,
    path: str,
    key: str,
    job: str = "1",
    *,
    redact: Sequence[str] = (),
) -> httpx.Response:
    path = path.replace("{number}", "1")
    for name in ("job_id", "result_id", "batch_id", "name", "model"):
        path = path.replace(f"{{{name}}}", job)
    params: dict[str, Any] = {"reason": "case 1"} if path.endswith(REASONED) else {}
    if redact:
        params["redact"] = list(redact)
    headers = {"X-API-Key": key, "Authorization": f"Bearer {key}".strip()}
    url = f"{farm.url}{path}"
    with farm.http.stream(method, url, params=params, headers=headers) as answer:
        if answer.headers.get("content-type", "").startswith("text/event-stream"):
            return httpx.Response(answer.status_code)  # it does not end
        answer.read()
    return answer


def expected_refusal(path: str, permission: Permission | None, role: str) -> int | None:
    """Return the status with which a key of the role is refused, or `None` if it is not."""
    if path == UPLOADS:
        return 401
    return None if permission in (None, *ROLES.get(role, ())) else 403


def refusal(answer: httpx.Response) -> int | None:
    return answer.status_code if answer.status_code in (401, 403) else None


@pytest.mark.parametrize("role", [*ROLES, "unknown"])
def test_role_may_send_what_the_table_permits(farm: DispatcherFarm, role: str) -> None:
    key = key_of(farm, role=role)
    for method, path, permission in REQUESTS:
        answer = send(farm, method, path, key)
        expected = expected_refusal(path, permission, role)
        assert refusal(answer) == expected, (method, path, answer.text)


def test_request_without_a_key_is_refused_by_each_route(farm: DispatcherFarm) -> None:
    for method, path, permission in REQUESTS:
        refused = path == UPLOADS or permission is not None
        assert (send(farm, method, path, "").status_code == 401) == refused, path


def test_upload_token_is_of_no_use_elsewhere(farm: DispatcherFarm) -> None:
    for method, path, permission in REQUESTS:
        answer = send(farm, method, path, token_of(farm, "north"))
        assert refusal(answer) == (None if permission is None else 401), (method, path, answer.text)


def test_upload_is_for_the_tenant_of_its_token(farm: DispatcherFarm) -> None:
    of_south = key_of(farm, tenant="south", role="admin")
    headers = {
        **WAV,
        "Authorization": f"Bearer {token_of(farm, 'north')}",
        "X-API-Key": of_south,
    }
    made = farm.http.post(f"{farm.url}{UPLOADS}", content=wav(), headers=headers).json()["id"]
    found = [
        send(farm, "GET", f"/v1/jobs/{made}", key) for key in (of_south, key_of(farm, role="admin"))
    ]
    assert [one.status_code for one in found] == [404, 200]


@pytest.mark.parametrize("redact", [[], ["card"], ["all,faces"], ["number"], ["all", "card"]])
def test_key_for_redacted_reading_may_send_nothing_else(
    farm: DispatcherFarm, redact: list[str]
) -> None:
    key = key_of(farm, permissions=(Permission.READ_REDACTED,))
    for method, path, permission in REQUESTS:
        answer = send(farm, method, path, key, redact=redact)
        assert (answer.status_code == 403) == (permission is not None), (method, path)


def test_key_for_redacted_reading_gets_what_is_masked(farm: DispatcherFarm) -> None:
    key = key_of(farm, permissions=(Permission.READ_REDACTED,))
    permitted = {
        path
        for method, path, permission in REQUESTS
        for redact in ("all", "number,all")
        if permission and send(farm, method, path, key, redact=[redact]).status_code != 403
    }
    assert permitted == {"/v1/jobs/{job_id}/result", "/v1/jobs/{job_id}/audio"}


@pytest.mark.parametrize(("method", "path"), OF_A_JOB)
def test_job_of_another_tenant_is_not_found(farm: DispatcherFarm, method: str, path: str) -> None:
    headers = {**WAV, "X-API-Key": key_of(farm, role="admin")}
    job = farm.http.post(f"{farm.url}/v1/jobs", content=wav(), headers=headers).json()["id"]
    other = send(farm, method, path, key_of(farm, tenant="south", role="admin"), job)
    unknown = send(farm, method, path, key_of(farm, tenant="south", role="admin"), "unknown")
    assert other.status_code == unknown.status_code == 404
    assert other.text.replace(job, "unknown") == unknown.text


@pytest.mark.parametrize(
    ("request_line", "expected"),
    [
        ("POST /v1/jobs", {"name": "permission-denied", "status": 403}),
        ("POST /v1/audio/transcriptions", {"error": {"code": "permission-denied"}}),
        ("POST /v1/listen", {"err_code": "INSUFFICIENT_PERMISSIONS"}),
        ("POST /asr", {}),
        ("GET /job/1", {"state": "failed"}),
        ("GET /results/1", {"state": "failed"}),
        ("POST /transcribe", {"name": "permission-denied"}),
        ("POST /stt/transcribe", {"name": "permission-denied"}),
    ],
)
def test_denied_request_is_answered_in_the_form_of_its_api(
    farm: DispatcherFarm, request_line: str, expected: dict[str, Any]
) -> None:
    method, path = request_line.split()
    answer = send(farm, method, path, key_of(farm, permissions=(Permission.OPERATE_FARM,)))
    document = answer.json()
    assert answer.status_code == 403
    assert "does not have the permission" in answer.text
    for name, value in expected.items():
        members = document[name] if isinstance(value, dict) else document
        assert members | (value if isinstance(value, dict) else {name: value}) == members
