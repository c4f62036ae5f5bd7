import json
from dataclasses import replace

import pytest

from tests.support.jobs import new_job
from whisperfarm_contract import job_events, links
from whisperfarm_contract.job_labels import JobLabels
from whisperfarm_contract.job_policy import JobPolicy
from whisperfarm_contract.revisions.revision import Revision, RevisionKind
from whisperfarm_contract.states import JobState


def test_payload_has_the_job_and_its_result() -> None:
    job = replace(new_job("j1"), state=JobState.SUCCEEDED, finished_at=1.5)
    event = json.loads(job_events.payload(job))
    assert event["type"] == "job.succeeded"
    assert event["timestamp"] == "1970-01-01T00:00:01.500Z"
    assert event["data"]["id"] == "j1"
    assert event["data"]["links"] == {"self": "/v1/jobs/j1", "result": "/v1/jobs/j1/result"}


def test_payload_has_the_warnings_of_the_transcript() -> None:
    job = replace(new_job("j1"), state=JobState.SUCCEEDED, finished_at=1.5)
    for warnings in ([], ["the recording is cut short"]):
        assert json.loads(job_events.payload(job, warnings))["data"]["warnings"] == warnings


def test_payload_escapes_surrogates() -> None:
    problem = {"detail": "file \udc80.wav"}
    job = replace(new_job(), state=JobState.FAILED, finished_at=1.0, problem=problem)
    job_events.payload(job).encode()


def test_revision_is_reported_with_its_job() -> None:
    job = replace(new_job("j1"), state=JobState.SUCCEEDED, policy=JobPolicy(approval="required"))
    revision = Revision(
        number=2,
        kind=RevisionKind.CORRECTED,
        key="secret/key",
        author="farm",
        created_at=1.5,
        parent=1,
    )
    event = json.loads(job_events.revision_payload(job, revision))
    assert event["type"] == "revision.created"
    assert event["timestamp"] == "1970-01-01T00:00:01.500Z"
    assert event["data"]["approval"] == "pending"
    assert event["data"]["revision"]["number"] == 2
    assert event["data"]["links"]["result"] == "/v1/jobs/j1/result?revision=2"
    assert "secret" not in json.dumps(event)
    approved = replace(revision, kind=RevisionKind.APPROVED)
    assert job_events.revision_event_type(approved) == "revision.approved"


def test_payload_has_the_callers_labels() -> None:
    labels = JobLabels(batch="night", reference="call 17", metadata={"agent": 7})
    ended = replace(new_job(), labels=labels, state=JobState.CANCELLED)
    data = json.loads(job_events.payload(ended))["data"]
    assert {name: data[name] for name in labels.to_wire()} == labels.to_wire()


def test_event_type_raises_for_an_unfinished_job() -> None:
    with pytest.raises(ValueError, match="not ended"):
        job_events.event_type(new_job())


def test_links_name_callbacks_when_a_job_has_any() -> None:
    assert "callbacks" not in links.job_links(new_job())
    asked = replace(new_job("j1"), policy=JobPolicy(callback_url="https://example.com"))
    assert links.job_links(asked)["callbacks"] == "/v1/jobs/j1/callbacks"
    assert "callbacks" in links.job_links(replace(new_job(), reply_to={"queue": "q"}))


def test_payload_has_the_id_of_the_message() -> None:
    ended = replace(new_job(), state=JobState.CANCELLED)
    assert "message_id" not in json.loads(job_events.payload(ended))
    by_message = replace(ended, reply_to={"exchange": "x", "message_id": "call-7"})
    assert json.loads(job_events.payload(by_message))["message_id"] == "call-7"
