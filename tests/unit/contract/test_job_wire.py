import json
from dataclasses import replace
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from whisperfarm_contract import job_wire
from whisperfarm_contract.examples import JOB, WAITING_JOB
from whisperfarm_contract.job import Job, Progress
from whisperfarm_contract.job_labels import JobLabels
from whisperfarm_contract.job_policy import JobPolicy
from whisperfarm_contract.options import Options
from whisperfarm_contract.problems import AudioUnreadable
from whisperfarm_contract.states import JobState

RUNNING = replace(
    JOB,
    state=JobState.RUNNING,
    labels=JobLabels(batch="night", reference="call 17", metadata={"agent": {"id": 7}}),
    policy=JobPolicy(deadline_s=90.0, callback_url="https://example.com/callback"),
    created_at=0.0,
    started_at=1.5,
    deadline_at=90.0,
    attempt=1,
    progress=Progress(stage="decode", fraction=1 / 3),
)
FAILED = replace(
    RUNNING,
    state=JobState.FAILED,
    finished_at=2.0,
    progress=None,
    problem={**AudioUnreadable("no sound").to_wire(), "reason": {}},
)
EACH = pytest.mark.parametrize(
    "job", [JOB, WAITING_JOB, RUNNING, FAILED], ids=["queued", "waiting", "running", "failed"]
)


def test_to_wire_has_every_member() -> None:
    wire = json.loads(json.dumps(job_wire.to_wire(RUNNING)))
    assert wire["state"] == "running"
    assert wire["model"] == "demo"
    assert wire["options"] == {"language": "en"}
    assert wire["created_at"] == "1970-01-01T00:00:00.000Z"
    assert wire["started_at"] == "1970-01-01T00:00:01.500Z"
    assert wire["finished_at"] is None
    assert wire["progress"] == {"stage": "decode", "fraction": 0.333}
    assert set(wire["links"]) == {"self", "result", "callbacks"}


def test_wire_form_of_a_waiting_job_has_its_time_and_its_failures() -> None:
    wire = job_wire.to_wire(WAITING_JOB)
    assert (wire["state"], wire["failures"], wire["attempt"]) == ("queued", 1, 1)
    assert wire["available_at"] == "2024-11-20T16:26:49.000Z"


def test_to_wire_hides_tenant_and_audio_key() -> None:
    job = replace(JOB, tenant="acme", result_key="results/acme/transcript.json")
    assert "acme" not in json.dumps(job_wire.to_wire(job))


@EACH
def test_to_wire_validates_against_the_schema(job: Job) -> None:
    schema = _closed(job_wire.json_schema())
    Draft202012Validator.check_schema(schema)
    wire = job_wire.to_wire(job)
    Draft202012Validator(schema).validate(wire)
    assert wire.keys() == schema["properties"].keys()


@pytest.mark.parametrize(
    "member", ["id", "state", "options", "policy", "audio", "cancel_requested", "links"]
)
def test_schema_requires_members_that_are_never_null(member: str) -> None:
    wire = job_wire.to_wire(FAILED)
    del wire[member]
    assert not Draft202012Validator(job_wire.json_schema()).is_valid(wire)


def test_schema_rejects_an_unknown_option() -> None:
    wire = job_wire.to_wire(replace(JOB, options=Options()))
    wire["options"] = {"colour": "red"}
    assert not Draft202012Validator(job_wire.json_schema()).is_valid(wire)


def _closed(schema: dict[str, Any]) -> dict[str, Any]:
    return {**schema, "additionalProperties": False}
