"""What there is to do for a recording."""

from dataclasses import replace

import pytest

from whisperfarm.batch.manifest import Row, State
from whisperfarm.batch.plan import Planner, Reason, describe
from whisperfarm.batch.recording import Recording
from whisperfarm_client.errors import OutputNotWritable
from whisperfarm_contract.problems import AudioEmpty

RECORDING = Recording(path="a.wav", location="/calls/a.wav", size_bytes=3, modified_ns=4)
NEW = Row(
    path="a.wav",
    name="a",
    size_bytes=3,
    modified_ns=4,
    options_digest=RECORDING.options_digest,
)
SUBMITTED = replace(NEW, digest="content").submitted("job-1")
DONE = SUBMITTED.done(["json"])
FAILED = SUBMITTED.failed(AudioEmpty())


def planner(
    *, digest: str | None = "content", has_output: bool = True, retry_failed: bool = False
) -> Planner:
    return Planner(
        digest=lambda _: digest, has_output=lambda _: has_output, retry_failed=retry_failed
    )


def test_new_recording_is_pending() -> None:
    step = planner().step(RECORDING, None, name="a")
    assert (step.row, step.reason) == (NEW, Reason.NEW)


@pytest.mark.parametrize("row", [NEW, SUBMITTED])
def test_unfinished_recording_goes_on_from_where_it_was(row: Row) -> None:
    step = planner().step(RECORDING, row, name="a")
    assert (step.row, step.reason) == (row, Reason.UNFINISHED)


@pytest.mark.parametrize("row", [DONE, FAILED])
def test_finished_recording_is_left_alone(row: Row) -> None:
    step = planner().step(RECORDING, row, name="a")
    assert (step.row, step.reason) == (row, None)


@pytest.mark.parametrize("row", [SUBMITTED, DONE, FAILED])
def test_recording_with_other_content_is_another_attempt(row: Row) -> None:
    changed = replace(RECORDING, modified_ns=5)
    step = planner(digest="other").step(changed, row, name="a")
    assert step.reason is Reason.CHANGED
    assert step.row == replace(NEW, modified_ns=5, attempt=2)


def test_content_is_read_only_if_size_or_time_differ() -> None:
    assert planner(digest="other").step(RECORDING, DONE, name="a").reason is None
    touched = replace(RECORDING, modified_ns=5)
    step = planner().step(touched, DONE, name="a")
    assert (step.row, step.reason) == (replace(DONE, modified_ns=5), None)


def test_file_that_was_missing_and_is_there_is_sent() -> None:
    missing = replace(NEW, size_bytes=-1, modified_ns=0).failed(AudioEmpty())
    assert planner().step(RECORDING, missing, name="a").reason is Reason.CHANGED


def test_other_options_are_another_attempt() -> None:
    step = planner().step(replace(RECORDING, options={"language": "de"}), DONE, name="a")
    assert (step.row.state, step.row.attempt) == (State.PENDING, 2)
    assert step.reason is Reason.OTHER_OPTIONS


def test_missing_output_is_fetched_from_the_same_job() -> None:
    step = planner(has_output=False).step(RECORDING, DONE, name="a")
    assert (step.row.state, step.row.job_id) == (State.SUBMITTED, "job-1")
    assert step.reason is Reason.MISSING_OUTPUT


def test_failed_recording_is_another_attempt_on_request() -> None:
    step = planner(retry_failed=True).step(RECORDING, FAILED, name="a")
    assert step.row == replace(NEW, digest="content", attempt=2)
    assert planner(retry_failed=True).step(RECORDING, DONE, name="a").reason is None


def test_description_counts_the_reasons() -> None:
    steps = [planner().step(RECORDING, row, name="a") for row in (None, DONE, FAILED, SUBMITTED)]
    assert describe(steps) == ("4 recordings: 1 done, 1 failed, 2 to do (1 new, 1 unfinished)")
    assert describe(steps[1:2]) == "nothing to do: 1 done, 0 failed"


def test_output_that_was_refused_is_written_again_without_another_job() -> None:
    refused = SUBMITTED.failed(OutputNotWritable("refused"))
    step = planner(retry_failed=True).step(RECORDING, refused, name="a")
    assert (step.row, step.reason) == (SUBMITTED, Reason.RETRY)
