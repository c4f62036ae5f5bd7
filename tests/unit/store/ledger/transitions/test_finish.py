"""The end of a job is logged once, after its transaction is committed."""

import pytest
from structlog.testing import capture_logs

from tests.support.jobs import new_job
from whisperfarm_contract.problems import EngineFailed
from whisperfarm_contract.states import JobState
from whisperfarm_store.ledger import LeaseLost, Ledger
from whisperfarm_store.ledger.transitions import attempt_end


def ended(logs: list[dict[str, object]]) -> list[dict[str, object]]:
    return [line for line in logs if line["event"] == "job.ended"]


def claimed(ledger: Ledger) -> str:
    job = ledger.jobs.insert(new_job())
    ledger.attempts.claim(job.id, worker="w", lease_s=60)
    return job.id


def test_finished_job_is_logged(ledger: Ledger) -> None:
    job_id = claimed(ledger)
    with capture_logs() as logs:
        ledger.attempts.fail(job_id, attempt=1, problem=EngineFailed())
        with pytest.raises(LeaseLost):
            ledger.attempts.fail(job_id, attempt=1, problem=EngineFailed())
    [line] = ended(logs)
    received = {name: line[name] for name in ("job", "tenant", "preset", "state", "problem")}
    assert received == {
        "job": job_id, "tenant": "acme", "preset": "demo", "state": "failed",
        "problem": "engine-failed",
    }  # fmt: skip


def undone(ledger: Ledger, job_id: str) -> None:
    with ledger.database.write() as connection:
        attempt_end.finish(
            connection, job_id, JobState.SUCCEEDED, attempt=1, result_key="r", audio_s=1.0
        )
        raise RuntimeError("the power is cut")


def test_rolled_back_finish_is_never_logged(ledger: Ledger) -> None:
    job_id = claimed(ledger)
    with capture_logs() as logs:
        with pytest.raises(RuntimeError):
            undone(ledger, job_id)
        ledger.workers.deregister("unknown")
        assert ended(logs) == []
        ledger.attempts.succeed(job_id, attempt=1, result_key="r", audio_s=1.0)
    assert len(ended(logs)) == 1


def test_requeued_job_is_not_logged_as_finished(ledger: Ledger) -> None:
    job_id = claimed(ledger)
    with capture_logs() as logs:
        ledger.attempts.requeue(job_id, attempt=1)
    assert ended(logs) == []
