"""Commands that look at the ledger or change it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.support.jobs import new_job
from whisperfarm.command import cli
from whisperfarm_store.blobs import FolderBlobs
from whisperfarm_store.ledger import Ledger, WorkerHeartbeat

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command on a farm's folder."""
    monkeypatch.setenv("WHISPERFARM_DATA_DIR", str(tmp_path))
    return lambda *arguments: CliRunner().invoke(cli, arguments, catch_exceptions=False)


def _quarantined(ledger: Ledger, folder: Path) -> str:
    job = ledger.jobs.insert(new_job())
    FolderBlobs(folder / "blobs").put(job.audio.key, b"sound")
    ledger.attempts.claim(job.id, worker="w", lease_s=-1)
    ledger.dispatch.rescue(redispatch_after_s=60, max_worker_deaths=1)
    return job.id


def test_quarantined_job_is_listed_until_it_is_retried(
    run: Run, ledger: Ledger, tmp_path: Path
) -> None:
    assert run("quarantine", "list").output == ""
    job_id = _quarantined(ledger, tmp_path)
    listed = run("quarantine", "list").output
    assert job_id in listed
    assert "the job was quarantined" in listed
    released = run("quarantine", "retry", job_id)
    assert released.exit_code == 0
    assert ledger.jobs.get(released.output.strip()).worker_deaths == 2
    assert run("quarantine", "list").output == ""


UNPRINTABLE = "\x1b[2J\x07\u202e\n\x9b"


def test_tables_escape_control_characters(run: Run, ledger: Ledger) -> None:
    ledger.workers.record_heartbeat(
        WorkerHeartbeat(
            name=f"w{UNPRINTABLE}", presets=("demo",), concurrency=1, pid=1, host="h", ready=True
        )
    )
    job = ledger.jobs.insert(new_job(tenant=f"t{UNPRINTABLE}"))
    ledger.attempts.claim(job.id, worker="w", lease_s=-1)
    ledger.dispatch.rescue(redispatch_after_s=60, max_worker_deaths=1)
    for table in (("workers",), ("quarantine", "list")):
        (line,) = run(*table).output.split("\n")[:-1]
        assert line.isprintable()
        assert r"\x1b[2J\x07\u202e\n\x9b" in line


def test_workers_lists_states_and_running_jobs(run: Run, ledger: Ledger) -> None:
    for name, ready in (("one", True), ("two", False), ("three", True)):
        ledger.workers.record_heartbeat(
            WorkerHeartbeat(
                name=name, presets=("demo",), concurrency=4, pid=1, host="h", ready=ready
            )
        )
    ledger.workers.request_drain(["three"])
    ledger.attempts.claim(ledger.jobs.insert(new_job()).id, worker="one", lease_s=60)
    lines = run("workers").output.splitlines()
    assert [line.split()[:5] for line in lines] == [
        ["one", "ready", "1", "of", "4"],
        ["three", "draining", "0", "of", "4"],
        ["two", "not_ready", "0", "of", "4"],
    ]


@pytest.mark.parametrize("arguments", [[], ["--all", "--here"], ["name", "--here"]])
def test_drain_requires_workers_to_be_named(run: Run, ledger: Ledger, arguments: list[str]) -> None:
    assert run("drain", *arguments).exit_code == 2
