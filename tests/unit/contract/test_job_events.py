import json
from dataclasses import replace

import pytest

from tests.support.jobs import new_job
from whisperfarm_contract import job_events, links
from whisperfarm_contract.job_policy import Terms
from whisperfarm_contract.states import State


def test_an_event_tells_of_the_job_and_its_result() -> None:
    job = replace(new_job("j1"), state=State.SUCCEEDED, finished_at=1.5)
    told = json.loads(job_events.body(job))
    assert told["type"] == "job.succeeded"
    assert told["timestamp"] == "1970-01-01T00:00:01.500Z"
    assert told["data"]["id"] == "j1"
    assert told["data"]["links"] == {"self": "/v1/jobs/j1", "result": "/v1/jobs/j1/result"}


def test_a_name_that_no_database_takes_does_not_keep_it_from_being_told() -> None:
    problem = {"detail": "file \udc80.wav"}
    job = replace(new_job(), state=State.FAILED, finished_at=1.0, problem=problem)
    job_events.body(job).encode()


def test_there_is_no_event_before_the_end() -> None:
    with pytest.raises(ValueError, match="not ended"):
        job_events.event(new_job())


def test_the_callbacks_are_linked_where_there_will_be_some() -> None:
    assert "callbacks" not in links.links(new_job())
    asked = replace(new_job("j1"), terms=Terms(callback_url="https://example.com"))
    assert links.links(asked)["callbacks"] == "/v1/jobs/j1/callbacks"
    assert "callbacks" in links.links(replace(new_job(), reply={"queue": "q"}))
