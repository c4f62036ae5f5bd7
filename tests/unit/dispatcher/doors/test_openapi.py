"""The tables of the OpenAPI document beside those that read requests."""

from typing import Any

import pytest

from whisperfarm_contract import job_policy, options
from whisperfarm_dispatcher.api.openapi import endpoints

UPLOADS = pytest.mark.parametrize("endpoint", [endpoints.SUBMIT, endpoints.TRANSCRIBE])


@UPLOADS
def test_upload_form_describes_every_option_and_term(endpoint: dict[str, Any]) -> None:
    content = endpoint["openapi_extra"]["requestBody"]["content"]
    described = content["multipart/form-data"]["schema"]["properties"]
    assert options.KINDS.keys() | job_policy.KINDS.keys() <= described.keys()


@UPLOADS
def test_upload_query_describes_every_option_and_term(endpoint: dict[str, Any]) -> None:
    described = {one["name"] for one in endpoint["openapi_extra"]["parameters"]}
    assert options.KINDS.keys() | job_policy.KINDS.keys() <= described
