"""`whisperfarm fsck` finds what is missing, changed or orphaned, and nothing else."""

import json
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tests.support.jobs import new_job
from whisperfarm.command import cli
from whisperfarm.fsck.inconsistency import Inconsistency, Kind
from whisperfarm.fsck.jobs import JobCheck
from whisperfarm.fsck.orphans import find_orphans
from whisperfarm.progress import Progress
from whisperfarm_contract import examples
from whisperfarm_contract.identifiers import peaks_key, redacted_keys, result_key
from whisperfarm_contract.job import Job
from whisperfarm_contract.options import Options
from whisperfarm_contract.peaks import Peaks
from whisperfarm_contract.revisions.correction import Remark, read_correction
from whisperfarm_dispatcher.revisions.approve import approve
from whisperfarm_dispatcher.revisions.correct import correct
from whisperfarm_store.blobs import FolderBlobs
from whisperfarm_store.blobs.encryption import new_key
from whisperfarm_store.ledger import Ledger

SOUND = b"sound"
TRANSCRIPT = json.dumps(examples.TRANSCRIPT.to_wire()).encode()
ORPHAN = "audio/acme/unknown"

Run = Callable[..., Result]


@pytest.fixture
def blobs(tmp_path: Path) -> FolderBlobs:
    return FolderBlobs(tmp_path / "blobs")


@pytest.fixture
def run(tmp_path: Path, ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("WHISPERFARM_DATA_DIR", str(tmp_path))
    monkeypatch.setattr("whisperfarm.fsck.jobs.SECOND_LOOK_AFTER_S", 0.0)
    return lambda *arguments: CliRunner().invoke(cli, ["fsck", *arguments], catch_exceptions=False)


def queued(ledger: Ledger, blobs: FolderBlobs, **options: Any) -> Job:
    job = replace(new_job(), options=Options(**options))
    audio = replace(job.audio, size_bytes=len(SOUND), sha256=sha256(SOUND).hexdigest())
    blobs.put(audio.key, SOUND)
    return ledger.jobs.insert(replace(job, audio=audio))


def succeeded(ledger: Ledger, blobs: FolderBlobs, **options: Any) -> Job:
    job = queued(ledger, blobs, **options)
    key = result_key(job.tenant, job.id, 1)
    blobs.put(key, TRANSCRIPT)
    ledger.attempts.claim(job.id, worker="w", lease_s=60)
    ledger.attempts.succeed(job.id, attempt=1, result_key=key, audio_s=1.0)
    return ledger.jobs.get(job.id)


def corrected(ledger: Ledger, blobs: FolderBlobs) -> str:
    """Return the blob of a correction that was approved."""
    job = succeeded(ledger, blobs)
    correction = read_correction({"parent": 1, "note": "checked"})
    made = correct(ledger, blobs, job, correction, author="farm")
    approve(ledger, blobs, job, made.number, author="farm", remark=Remark())
    return made.key


def make_old(folder: Path) -> None:
    before = time.time() - 25 * 3600
    for path in (folder / "blobs").rglob("*"):
        os.utime(path, (before, before))


def check(
    ledger: Ledger,
    blobs: FolderBlobs,
    *,
    verify: bool = False,
    meanwhile: Callable[[], object] = lambda: None,
) -> Iterator[tuple[Kind, str]]:
    progress = Progress("checked", "blobs")
    jobs = JobCheck(ledger, blobs, verify, progress, pause=lambda _: meanwhile())
    return ((found.kind, found.key) for found in jobs.run())


def test_consistent_farm_is_clean(
    run: Run, ledger: Ledger, blobs: FolderBlobs, tmp_path: Path
) -> None:
    succeeded(ledger, blobs)
    queued(ledger, blobs)
    blobs.put(ORPHAN, SOUND)  # young: its job may be about to be inserted
    ended = run("--verify")
    assert (ended.exit_code, ended.output) == (0, "checked 3 blobs: all consistent\n")


def test_missing_blobs_of_jobs_are_found(ledger: Ledger, blobs: FolderBlobs) -> None:
    waiting, ended = queued(ledger, blobs), succeeded(ledger, blobs)
    lost = {waiting.audio.key, ended.audio.key, ended.result_key or ""}
    for key in lost:
        blobs.delete(key)
    assert set(check(ledger, blobs)) == {(Kind.MISSING, key) for key in lost}


def test_verify_finds_changed_content(ledger: Ledger, blobs: FolderBlobs) -> None:
    short, changed = queued(ledger, blobs), queued(ledger, blobs)
    result = succeeded(ledger, blobs).result_key or ""
    for key, data in ((short.audio.key, b"soun"), (changed.audio.key, b"noise"), (result, b"{")):
        blobs.put(key, data)
    found = {(Kind.WRONG_SIZE, short.audio.key)}
    assert set(check(ledger, blobs)) == found
    found |= {(Kind.CHANGED, changed.audio.key), (Kind.CHANGED, result)}
    assert set(check(ledger, blobs, verify=True)) == found


def test_peaks_may_be_missing_and_not_damaged(ledger: Ledger, blobs: FolderBlobs) -> None:
    succeeded(ledger, blobs)
    whole, cut = (peaks_key(succeeded(ledger, blobs).result_key or "") for _ in range(2))
    content = Peaks(1.0, ((-1, 1),)).to_bytes()
    blobs.put(whole, content)
    blobs.put(cut, content[:-1])
    assert list(check(ledger, blobs, verify=True)) == [(Kind.CHANGED, cut)]


def test_redacted_recording_that_was_asked_for_is_checked(
    ledger: Ledger, blobs: FolderBlobs
) -> None:
    key = succeeded(ledger, blobs, redact="card").result_key or ""
    audio, manifest = redacted_keys(key)
    assert set(check(ledger, blobs)) == {(Kind.MISSING, audio), (Kind.MISSING, manifest)}
    blobs.put(audio, b"cut")
    blobs.put(manifest, b"{}")
    assert list(check(ledger, blobs)) == []
    found = {(Kind.CHANGED, audio), (Kind.CHANGED, manifest)}
    assert set(check(ledger, blobs, verify=True)) == found


def test_blobs_of_revisions_are_checked(ledger: Ledger, blobs: FolderBlobs) -> None:
    changed, lost = corrected(ledger, blobs), corrected(ledger, blobs)
    assert list(check(ledger, blobs, verify=True)) == []
    with blobs.open(changed) as file:
        content = file.read()
    blobs.put(changed, content.replace(b"Good", b"Evil"))
    blobs.delete(lost)
    found = {(Kind.CHANGED, changed), (Kind.MISSING, lost)}
    assert set(check(ledger, blobs, verify=True)) == found


def test_plain_blobs_are_found_if_encryption_is_required(
    run: Run, ledger: Ledger, blobs: FolderBlobs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = succeeded(ledger, blobs)
    blobs.put(peaks_key(job.result_key or ""), b"plain")
    blobs.put(ORPHAN, SOUND)
    make_old(tmp_path)
    keys = tmp_path / "blob-keys"
    keys.touch(0o600)
    keys.write_text(new_key("a"))
    monkeypatch.setenv("WHISPERFARM_BLOB_KEYS_FILE", str(keys))
    monkeypatch.setenv("WHISPERFARM_BLOB_ENCRYPTION_REQUIRED", "true")
    ended = run("--json")
    assert ended.exit_code == 1
    summary = json.loads(ended.output.splitlines()[-1])
    assert summary["found"] == {"plain": 3, "orphan": 1}


def test_deletion_during_the_check_is_not_a_finding(ledger: Ledger, blobs: FolderBlobs) -> None:
    job = succeeded(ledger, blobs)
    blobs.delete(job.audio.key)
    found = check(ledger, blobs, meanwhile=lambda: ledger.retention.mark_deleted("audio", job.id))
    assert list(found) == []


def test_orphan_deleted_during_the_check_is_not_a_finding(
    ledger: Ledger, blobs: FolderBlobs, tmp_path: Path
) -> None:
    for number in range(2):
        blobs.put(f"{ORPHAN}{number}", SOUND)
    make_old(tmp_path)
    found: Iterator[Inconsistency] = find_orphans(ledger, blobs, Progress("checked", "blobs"))
    assert next(found).key == f"{ORPHAN}0"
    blobs.delete(f"{ORPHAN}1")
    assert list(found) == []


def test_repair_deletes_orphans_and_reports_the_rest(
    run: Run, ledger: Ledger, blobs: FolderBlobs, tmp_path: Path
) -> None:
    job = succeeded(ledger, blobs)
    blobs.put(ORPHAN, SOUND)
    make_old(tmp_path)
    assert run().exit_code == 1
    assert blobs.size(ORPHAN) is not None
    blobs.delete(job.result_key or "")
    ended = run("--repair", "--json")
    assert ended.exit_code == 1
    missing, orphan, summary = map(json.loads, ended.output.splitlines())
    assert (missing["kind"], missing["job_id"], missing["is_deleted"]) == ("missing", job.id, False)
    assert (orphan["key"], orphan["is_deleted"]) == (ORPHAN, True)
    assert summary == {"checked": 3, "found": {"missing": 1, "deleted": 1}}
    assert blobs.size(ORPHAN) is None


def test_repair_deletes_nothing_of_another_farm(
    run: Run, ledger: Ledger, blobs: FolderBlobs, tmp_path: Path
) -> None:
    blobs.put(ORPHAN, SOUND)
    make_old(tmp_path)
    ended = run("--repair")
    assert ended.exit_code == 1
    assert "those of one farm" in ended.output
    assert blobs.size(ORPHAN) is not None
