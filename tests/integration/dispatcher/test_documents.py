"""The dispatcher's documents, and its responses to unknown paths and methods."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.integration.dispatcher.farm import WAV, DispatcherFarm, started
from whisperfarm_contract import legs
from whisperfarm_contract.options import FIELD_TYPES
from whisperfarm_store.blobs import BlobWriter, FolderBlobs


@pytest.fixture
def schema(farm: DispatcherFarm) -> dict[str, Any]:
    answer = farm.http.get(f"{farm.url}/openapi.json")
    assert answer.status_code == 200
    return dict(answer.json())


def operations(schema: dict[str, Any]) -> dict[str, Any]:
    return {
        f"{method.upper()} {path}": operation
        for path, methods in schema["paths"].items()
        for method, operation in methods.items()
    }


def validator_of(described: dict[str, Any], document: dict[str, Any]) -> Draft202012Validator:
    """Return the validator of a schema that refers to components of the document."""
    return Draft202012Validator({**described, "components": document["components"]})


def test_openapi_describes_every_endpoint(schema: dict[str, Any]) -> None:
    assert set(operations(schema)) == {
        "POST /v1/jobs",
        "GET /v1/jobs",
        "GET /v1/jobs/events",
        "GET /v1/jobs/{job_id}",
        "GET /v1/jobs/{job_id}/result",
        "GET /v1/jobs/{job_id}/events",
        "GET /v1/jobs/{job_id}/audio",
        "GET /v1/jobs/{job_id}/waveform",
        "GET /v1/jobs/{job_id}/custody",
        "DELETE /v1/jobs/{job_id}",
        "GET /v1/jobs/{job_id}/revisions",
        "POST /v1/jobs/{job_id}/revisions",
        "POST /v1/jobs/{job_id}/revisions/{number}/approve",
        "GET /v1/jobs/{job_id}/revisions/{number}/difference",
        "GET /v1/batches/{batch_id}",
        "DELETE /v1/batches/{batch_id}",
        "GET /v1/jobs/{job_id}/additions",
        "GET /v1/jobs/{job_id}/callbacks",
        "GET /v1/jobs/{job_id}/forward",
        "POST /v1/upload-tokens",
        "POST /v1/uploads",
        "GET /v1/transfers/{transfer_id}",
        "PATCH /v1/transfers/{transfer_id}",
        "DELETE /v1/transfers/{transfer_id}",
        "POST /v1/transfers/{transfer_id}/job",
        "POST /v1/jobs/{job_id}/callbacks",
        "GET /v1/schemas/job-message.json",
        "POST /v1/jobs/{job_id}/retry",
        "GET /v1/presets",
        "GET /v1/vocabularies",
        "GET /v1/vocabularies/{name}",
        "PUT /v1/vocabularies/{name}",
        "DELETE /v1/vocabularies/{name}",
        "POST /v1/speakers",
        "GET /v1/speakers",
        "GET /v1/speakers/{speaker_id}",
        "DELETE /v1/speakers/{speaker_id}",
        "GET /v1/audit",
        "DELETE /v1/jobs/{job_id}/content",
        "PUT /v1/jobs/{job_id}/hold",
        "DELETE /v1/jobs/{job_id}/hold",
        "PUT /v1/holds",
        "DELETE /v1/holds",
        "GET /v1/usage",
        "GET /v1/pauses",
        "PUT /v1/pauses",
        "DELETE /v1/pauses",
        "POST /transcribe",
        "POST /v1/audio/transcriptions",
        "POST /v1/audio/translations",
        "GET /v1/models",
        "GET /v1/models/{model}",
        "POST /v1/listen",
        "POST /stt/transcribe",
        "GET /health",
        "POST /asr",
        "POST /detect-language",
        "GET /job/{job_id}",
        "GET /results/{result_id}",
        "GET /healthz",
        "GET /readyz",
    }
    for operation in operations(schema).values():
        assert operation["summary"]
        assert operation["tags"]
        assert operation["description"]


def test_options_are_read_from_form_and_query(schema: dict[str, Any]) -> None:
    for name in ("POST /v1/jobs", "POST /transcribe"):
        operation = operations(schema)[name]
        form = operation["requestBody"]["content"]["multipart/form-data"]["schema"]
        of_one_recording = FIELD_TYPES.keys() - set(legs.OPTIONS)
        assert {"file", *of_one_recording} <= set(form["properties"])
        assert of_one_recording <= {one["name"] for one in operation["parameters"]}


def test_openapi_parameters_are_unique(schema: dict[str, Any]) -> None:
    for operation in operations(schema).values():
        names = [(one["in"], one["name"]) for one in operation.get("parameters", [])]
        assert len(names) == len(set(names))


def test_examples_validate_against_their_schemas(schema: dict[str, Any]) -> None:
    seen = 0
    for operation in operations(schema).values():
        for answer in operation["responses"].values():
            for content in answer.get("content", {}).values():
                examples = [one["value"] for one in content.get("examples", {}).values()]
                examples += [content["example"]] if "example" in content else []
                for example in examples:
                    validator_of(content["schema"], schema).validate(example)
                    seen += 1
    assert seen > 20


def test_openapi_groups_problems_by_status(schema: dict[str, Any]) -> None:
    answers = operations(schema)["POST /v1/jobs"]["responses"]
    too_large = answers["413"]["content"]["application/problem+json"]["examples"]
    assert set(too_large) == {"audio-too-large", "audio-too-long"}
    assert "HTTPValidationError" not in str(schema)


def test_submitted_job_validates_against_the_schema(
    farm: DispatcherFarm, schema: dict[str, Any], audio: bytes
) -> None:
    answer = operations(schema)["POST /v1/jobs"]["responses"]["202"]
    described = answer["content"]["application/json"]["schema"]
    validator_of(described, schema).validate(farm.submit(audio))


@pytest.mark.parametrize("path", ["/", "/docs"])
def test_page_loads_files_of_the_farm_only(farm: DispatcherFarm, path: str) -> None:
    page = farm.http.get(f"{farm.url}{path}")
    assert "script-src 'self';" in page.headers["Content-Security-Policy"]
    assert not re.search(r"<script>|https?://|@import", page.text)
    for link in re.findall(r'(?:src|href)="([^"]+)"', page.text):
        answer = farm.http.get(f"{farm.url}/{link}")
        assert answer.status_code in {200, 503}, link
        assert answer.content


def test_explorer_has_no_other_files(farm: DispatcherFarm) -> None:
    assert farm.http.get(f"{farm.url}/docs/../main.py").status_code == 404
    assert farm.http.get(f"{farm.url}/docs/main.py").status_code == 404


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/nothing", 404), ("PUT", "/v1/jobs", 405), ("POST", "/healthz", 405)],
)
def test_unknown_route_returns_a_problem(
    farm: DispatcherFarm, method: str, path: str, status: int
) -> None:
    answer = farm.http.request(method, f"{farm.url}{path}")
    assert (answer.status_code, answer.json()["status"]) == (status, status)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["name"] == "client-error"


class Broken(FolderBlobs):
    """A blob store with a bug."""

    @contextmanager
    def writer(self, key: str) -> Iterator[BlobWriter]:
        raise RuntimeError("the inner secret")
        yield


def test_internal_error_hides_the_traceback(tmp_path: Path, audio: bytes) -> None:
    with started(tmp_path, blobs=Broken(tmp_path / "blobs")) as farm:
        answer = farm.http.post(f"{farm.url}/v1/jobs", content=audio, headers=WAV)
    assert (answer.status_code, answer.json()["name"]) == (500, "internal-error")
    assert "Traceback" not in answer.text
    assert "the inner secret" not in answer.text


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/v1/jobs", "GET, POST, HEAD"),
        ("/v1/jobs/x", "DELETE, GET, HEAD"),
        ("/v1/jobs/x/callbacks", "GET, POST, HEAD"),
        ("/v1/jobs/x/result", "GET, HEAD"),
        ("/transcribe", "POST"),
        ("/healthz", "GET, HEAD"),
    ],
)
def test_allow_names_every_method_of_the_path(
    farm: DispatcherFarm, path: str, allowed: str
) -> None:
    answer = farm.http.put(f"{farm.url}{path}")
    assert (answer.status_code, answer.headers["Allow"]) == (405, allowed)


@pytest.mark.parametrize("path", ["/healthz", "/v1/jobs", "/docs", "/openapi.json"])
def test_head_is_answered_like_get_without_a_body(farm: DispatcherFarm, path: str) -> None:
    head, get = (farm.http.request(method, f"{farm.url}{path}") for method in ("HEAD", "GET"))
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["Content-Type"] == get.headers["Content-Type"]
