"""A job's life is one trace, without secrets or transcripts."""

import json
from itertools import pairwise

import pytest

from tests.acceptance.observability.conftest import Watched
from tests.acceptance.observability.test_logs import WORDS
from tests.servers.collector import Received
from tests.support.recordings import SUPPORT_CALL
from whisperfarm_contract.job import STAGES

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

# A span begins its duration before its end, and durations have three places: two times of one
# moment differ a little.
ROUNDED_NS = 10_000_000
ANSWERS = ("POST /v1/jobs", "GET /v1/jobs/{job_id}")


def one(spans: list[Received], name: str) -> Received:
    [found] = [span for span in spans if span.name == name]
    return found


def test_job_is_one_trace_with_stages_inside_the_attempt(
    watched: Watched,
) -> None:
    names = ("job", "queued", "attempt", *STAGES, *ANSWERS, "callback")
    spans = watched.collector.named(watched.jobs[0], *names)
    assert {span.name for span in spans} - {"GET /v1/jobs/{job_id}/result"} == set(names)
    assert {span.service for span in spans} == {"whisperfarm-dispatcher", "whisperfarm-worker"}
    job, attempt = one(spans, "job"), one(spans, "attempt")
    stages = [one(spans, name) for name in STAGES]
    assert {span.parent_id for span in spans if span not in (job, *stages)} == {job.span_id}
    assert {span.parent_id for span in stages} == {attempt.span_id}
    assert job.parent_id == ""
    times = [at for span in stages for at in (span.begun_ns, span.ended_ns)]
    assert all(later - earlier >= -ROUNDED_NS for earlier, later in pairwise(times))
    assert attempt.begun_ns <= times[0] + ROUNDED_NS
    assert times[-1] <= attempt.ended_ns + ROUNDED_NS
    assert job.attributes == {
        "whisperfarm.tenant": "acme",
        "whisperfarm.preset": "demo",
        "whisperfarm.state": "succeeded",
        "whisperfarm.attempt": 1,
    }
    assert attempt.attributes["whisperfarm.outcome"] == "succeeded"


def test_cached_job_has_no_stages_and_a_failed_job_marks_its_stage(
    watched: Watched,
) -> None:
    _, again, broken = watched.jobs[:3]
    cached = watched.collector.named(again, "job", "attempt")
    assert not {span.name for span in cached} & set(STAGES)
    failed = watched.collector.named(broken, "job", "attempt", "decode")
    assert {span.name for span in failed if span.failed} == {"job", "attempt", "decode"}
    problem = one(failed, "job").attributes["whisperfarm.problem"]
    assert problem == one(failed, "attempt").attributes["whisperfarm.problem"] == "audio-unreadable"


def test_spans_have_no_word_no_name_and_no_address(watched: Watched) -> None:
    watched.collector.named(watched.jobs[0], "job", "callback")
    received = json.dumps([(span.name, span.attributes) for span in watched.collector.came]).lower()
    known = watched.secrets
    for hidden in (known.key, known.signing, known.filename, "127.0.0.1", *WORDS):
        assert hidden.lower() not in received


def test_jobs_succeed_while_the_receiver_hangs(watched: Watched) -> None:
    call = SUPPORT_CALL
    with watched.collector.held():
        job_id = watched.farm.submit(call, filename=watched.secrets.filename)
        assert watched.farm.ended(job_id)["state"] == "succeeded"
        assert watched.collector.asked.wait(30)
        assert watched.collector.of(job_id) == []
