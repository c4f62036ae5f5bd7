"""The OpenAPI document agrees with the code that reads requests."""

from collections.abc import Mapping
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from whisperfarm_contract import examples, job_policy, job_wire, legs, options
from whisperfarm_dispatcher.api.facades.linto import description as linto
from whisperfarm_dispatcher.api.openapi import endpoints
from whisperfarm_dispatcher.api.openapi.schemas import COMPONENTS

UPLOADS = pytest.mark.parametrize("endpoint", [endpoints.SUBMIT, linto.TRANSCRIBE])
ALL = options.FIELD_TYPES.keys() | job_policy.FIELD_TYPES.keys()


@UPLOADS
def test_upload_form_describes_every_option_and_term(endpoint: dict[str, Any]) -> None:
    content = endpoint["openapi_extra"]["requestBody"]["content"]
    described = content["multipart/form-data"]["schema"]["properties"]
    missing = set() if endpoint is endpoints.SUBMIT else set(legs.OPTIONS)
    assert ALL - described.keys() == missing


@UPLOADS
def test_upload_query_describes_every_option_and_term(endpoint: dict[str, Any]) -> None:
    described = {one["name"] for one in endpoint["openapi_extra"]["parameters"]}
    assert ALL - described == set(legs.OPTIONS)


def test_job_response_has_exactly_the_described_members() -> None:
    schema = COMPONENTS["Job"]
    job = job_wire.to_wire(examples.JOB)
    Draft202012Validator({**schema, "additionalProperties": False}).validate(job)
    assert schema["properties"].keys() - job.keys() == {"ahead", "starts_in_s"}


@pytest.mark.parametrize("endpoint", [endpoints.RESULT, linto.TRANSCRIBE, endpoints.SUBMIT])
def test_transcript_has_exactly_the_described_members(endpoint: dict[str, Any]) -> None:
    schema = endpoint["responses"][200]["content"]["application/json"]["schema"]
    document = {**schema, "components": {"schemas": COMPONENTS}}
    Draft202012Validator.check_schema(document)
    Draft202012Validator(_closed(document)).validate(examples.TRANSCRIPT.to_wire())


def _closed(schema: Any) -> Any:
    """Return the schema with all objects closed that name their members."""
    if isinstance(schema, list):
        return [_closed(value) for value in schema]
    if isinstance(schema, Mapping):
        closed = {name: _closed(value) for name, value in schema.items()}
        return {**closed, "additionalProperties": False} if "required" in schema else closed
    return schema
