"""An upload token permits one upload, and nothing else."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from structlog.testing import capture_logs

from tests.integration.dispatcher.farm import WAV, DispatcherFarm, started
from tests.support.concurrency import run_concurrently
from tests.support.recordings import wav
from whisperfarm_store.ledger import KeyGrant

KEY = "a-key"
CREATED = ("upload-token-created", "")


@pytest.fixture(scope="module")
def farm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DispatcherFarm]:
    with started(tmp_path_factory.mktemp("farm"), api_keys=f"north:{KEY}") as running:
        yield running


def create(farm: DispatcherFarm, key: str = KEY, **body: Any) -> httpx.Response:
    headers = {"X-API-Key": key}
    return farm.http.post(f"{farm.url}/v1/upload-tokens", json=body, headers=headers)


def token_of(farm: DispatcherFarm, key: str = KEY, **body: Any) -> str:
    answer = create(farm, key, **body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["token"])


def upload(farm: DispatcherFarm, token: str, audio: bytes, **query: str) -> httpx.Response:
    headers = {**WAV, "Authorization": f"Bearer {token}"}
    return farm.http.post(f"{farm.url}/v1/uploads", content=audio, headers=headers, params=query)


def audited(farm: DispatcherFarm, token: str) -> list[tuple[str, str]]:
    """Return the kind of each entry about the token, with its reason."""
    entries = [(one.kind, json.loads(one.body)) for one in farm.deps.ledger.audit_log.stream()]
    found = [one for one in entries if one[1].get("token") == token.split("_")[1]]
    assert all(body["address"] == "127.0.0.1" for _, body in found)
    return [(kind, body.get("reason", "")) for kind, body in found]


def test_upload_makes_the_job_of_its_token(farm: DispatcherFarm, audio: bytes) -> None:
    answer = create(farm, fields={"reference": "call-17", "language": "en"}, expires_in_s=60)
    assert answer.headers["cache-control"] == "no-store"
    made = upload(farm, answer.json()["token"], audio, filename="phone.wav")
    assert (made.status_code, set(made.json())) == (202, {"id", "state"})
    job = farm.deps.ledger.jobs.get(made.json()["id"])
    assert (job.tenant, job.labels.reference, job.options.language) == ("north", "call-17", "en")
    assert job.audio.filename == "phone.wav"


def test_second_upload_is_refused_and_logged_with_the_job(farm: DispatcherFarm) -> None:
    token = token_of(farm)
    first = upload(farm, token, wav(b"one!" * 400))
    for audio in (wav(b"one!" * 400), wav(b"two!" * 400)):
        with capture_logs() as logs:
            again = upload(farm, token, audio)
        assert (again.status_code, again.json()["name"]) == (409, "upload-token-used")
        assert again.json()["job"] == first.json()["id"]
        assert "used" in {one.get("reason") for one in logs}
        assert token not in str(logs)
    assert audited(farm, token) == [CREATED, ("upload-token-refused", "used")]


def test_uploads_at_once_make_one_job(farm: DispatcherFarm) -> None:
    token = token_of(farm)
    recordings = [wav(number.to_bytes(4, "little") * 400) for number in range(4)]
    answers = run_concurrently(8, lambda number: upload(farm, token, recordings[number % 4]))
    made = {one.json()["id"] for one in answers if one.status_code == 202}
    assert len(made) == 1
    refused = [one.json() for one in answers if one.status_code != 202]
    assert {(one["name"], one["job"]) for one in refused} == {("upload-token-used", made.pop())}


@pytest.mark.parametrize(
    "token",
    [
        "-",
        KEY,
        "wfu_0a1b2c3d4e5f_" + "x" * 43,
        "wf_0a1b2c3d4e5f_" + "x" * 43,
        "eyJhbGciOiJub25lIn0.e30.",
    ],
    ids=["missing", "key", "unknown", "unknown key", "alg none"],
)
def test_other_credentials_are_refused(farm: DispatcherFarm, audio: bytes, token: str) -> None:
    entries = farm.deps.ledger.audit_log.count()
    refused = upload(farm, token, audio)
    assert (refused.status_code, refused.json()["name"]) == (401, "invalid-upload-token")
    assert farm.deps.ledger.audit_log.count() == entries  # anyone could fill it


def test_options_are_those_of_the_token(farm: DispatcherFarm, audio: bytes) -> None:
    token = token_of(farm, fields={"language": "en"})
    refused = upload(farm, token, audio, language="de")
    assert (refused.status_code, refused.json()["name"]) == (422, "invalid-option")
    files = {"file": ("a.wav", audio), "language": (None, "de")}
    headers = {"Authorization": f"Bearer {token}"}
    refused = farm.http.post(f"{farm.url}/v1/uploads", files=files, headers=headers)
    assert refused.json()["name"] == "invalid-option"
    assert upload(farm, token, b"no audio").json()["name"] == "audio-unreadable"
    assert upload(farm, token, audio).status_code == 202


@pytest.mark.parametrize(
    "body",
    [
        *({"expires_in_s": value} for value in (0, 86_401, "60", True, None)),
        *({"fields": value} for value in ([], "x", {"no_option": "1"}, {"beam_size": "many"})),
    ],
)
def test_invalid_requests_make_no_token(farm: DispatcherFarm, body: dict[str, Any]) -> None:
    answer = create(farm, **body)
    assert answer.status_code in (400, 422), answer.text
    assert "token" not in answer.json()


def test_expired_token_is_refused(farm: DispatcherFarm, audio: bytes) -> None:
    token = token_of(farm)
    with farm.deps.ledger.database.write() as connection:
        connection.exec_driver_sql("UPDATE upload_tokens SET expires_at = 1")
    refused = [upload(farm, token, audio) for _ in range(2)]
    assert [one.status_code for one in refused] == [401, 401]
    assert "expired" in refused[0].json()["detail"]
    assert audited(farm, token) == [CREATED, ("upload-token-refused", "expired")]


def test_token_ends_with_the_key_that_created_it(farm: DispatcherFarm, audio: bytes) -> None:
    api_keys = farm.deps.ledger.api_keys
    key, text = api_keys.create(KeyGrant(tenant="south", role="submitter", max_jobs_per_day=1))
    first, second, third = (token_of(farm, text.text) for _ in range(3))
    made = upload(farm, first, audio)
    job = farm.deps.ledger.jobs.get(made.json()["id"])
    assert (job.tenant, job.key_id) == ("south", key.id)
    assert upload(farm, second, audio).json()["name"] == "tenant-busy"
    api_keys.revoke(key.id)
    refused = upload(farm, third, audio)
    assert (refused.status_code, refused.json()["name"]) == (401, "invalid-upload-token")
    assert audited(farm, third)[1] == ("upload-token-refused", "revoked")


def test_token_does_not_keep_what_its_job_destroys(farm: DispatcherFarm) -> None:
    card = "4111 1111 1111 1111"
    fields = {"redact": "card", "originals": "destroy", "metadata": {"card": card}, "lane": "bulk"}
    token = token_of(farm, fields={**fields, "reference": card})
    found = farm.deps.ledger.upload_tokens.find(token.split("_")[1])
    assert found is not None
    kept = {**fields, "metadata": {"card": "[card]"}, "reference": "[card]"}
    assert found.grant.fields == kept
