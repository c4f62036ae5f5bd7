"""Commands that query the ledger or change it."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.support.jobs import new_job
from whisperfarm.command import cli
from whisperfarm_store.blobs import FolderBlobs
from whisperfarm_store.ledger import Ledger, WorkerHeartbeat
from whisperfarm_store.settings import StoreSettings

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return a function that runs a command on a farm's folder."""
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
        *_, line = run(*table).output.split("\n")[:-1]
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
    head, *lines = run("workers").output.splitlines()
    assert head.split() == ["WORKER", "STATE", "JOBS", "HEARTBEAT", "PRESETS"]
    assert [line.split()[:5] for line in lines] == [
        ["one", "ready", "1", "of", "4"],
        ["three", "draining", "0", "of", "4"],
        ["two", "not_ready", "0", "of", "4"],
    ]


def test_workers_says_that_there_are_none(run: Run, ledger: Ledger) -> None:
    assert "there are no live workers" in run("workers").output


def test_workers_shows_a_worker_without_heartbeats_as_silent(run: Run, ledger: Ledger) -> None:
    ledger.workers.record_heartbeat(
        WorkerHeartbeat(
            name="killed", presets=("demo",), concurrency=4, pid=1, host="h", ready=True
        )
    )
    with sqlite3.connect(str(StoreSettings().data_dir / "ledger.sqlite")) as connection:
        connection.execute("UPDATE workers SET heartbeat_at = heartbeat_at - 10")
    connection.close()
    name, state, *_, age, unit, ago, presets = run("workers").output.splitlines()[1].split()
    assert (name, state, unit, ago, presets) == ("killed", "silent", "s", "ago", "demo")
    assert int(age) >= 10


@pytest.mark.parametrize("command", [["workers"], ["drain", "--all"], ["quarantine", "list"]])
def test_data_dir_takes_precedence_over_an_exported_ledger(
    run: Run, ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    monkeypatch.setenv("WHISPERFARM_DATABASE_URL", "postgresql://farm@127.0.0.1:1/other")
    ended = run(*command, "--data-dir", str(tmp_path))
    assert ended.exit_code == 0
    assert "WHISPERFARM_DATABASE_URL is ignored" in ended.output


@pytest.mark.parametrize("arguments", [[], ["--all", "--here"], ["name", "--here"]])
def test_drain_requires_workers_to_be_named(run: Run, ledger: Ledger, arguments: list[str]) -> None:
    assert run("drain", *arguments).exit_code == 2


def test_models_list_shows_optional_models(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WHISPERFARM_ENGINE", "whisperx")
    monkeypatch.setenv("WHISPERFARM_PRESETS", "small")
    monkeypatch.setenv("WHISPERFARM_MODELS_LANGUAGES", "de")
    listed = run("models", "list").output
    states = {tuple(line.split()[1:3]) for line in listed.splitlines()}
    assert {("speech", "missing"), ("aligner", "optional")} <= states
    assert any(kind == "sentences" for kind, _ in states)


def test_models_list_shows_source_and_licence(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WHISPERFARM_PRESETS", "parakeet")
    listed = run("models", "list").output
    assert "(istupakov/parakeet-tdt-0.6b-v3-onnx, CC-BY-4.0)" in listed
    assert "(Systran/faster-whisper-tiny, MIT)" in listed
