"""`whisperfarm backup` and `whisperfarm restore` between farms in folders."""

import fcntl
import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.support.jobs import TENANT, new_job
from tests.support.ledger import open_migrated
from whisperfarm.backup.create import Backup
from whisperfarm.backup.folder_repository import FolderRepository
from whisperfarm.backup.problem import BackupUnusable
from whisperfarm.backup.restore import restore_backup
from whisperfarm.command import cli
from whisperfarm.fsck.jobs import JobCheck
from whisperfarm.progress import Progress
from whisperfarm_contract.identifiers import peaks_key, result_key, revision_key
from whisperfarm_contract.job import Job
from whisperfarm_contract.job_policy import JobPolicy
from whisperfarm_contract.peaks import Peaks
from whisperfarm_contract.problems import InvalidSettings, Problem, ServerError
from whisperfarm_contract.revisions.revision import Revision, RevisionKind
from whisperfarm_contract.states import JobState
from whisperfarm_store.blobs import Blobs, FolderBlobs
from whisperfarm_store.ledger import Idempotency, NewRevision

KEY = Idempotency(key="k1", fingerprint="f")
CALLBACK = JobPolicy(callback_url="http://callers.example/callback")


class Farm:
    """A farm's ledger and blobs in one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ledger = open_migrated(f"sqlite:///{folder / 'ledger.sqlite'}")
        self.blobs: Blobs = FolderBlobs(folder / "blobs")

    def queued(self, *, sound: bytes = b"", key: Idempotency | None = None) -> Job:
        job = replace(new_job(), policy=CALLBACK)
        content = sound or f"sound of {job.id}".encode()
        audio = replace(job.audio, size_bytes=len(content), sha256=sha256(content).hexdigest())
        self.blobs.put(audio.key, content)
        return self.ledger.jobs.insert(replace(job, audio=audio), idempotency=key)

    def running(self) -> Job:
        job = self.queued()
        self.ledger.attempts.claim(job.id, worker="w", lease_s=60)
        return job

    def succeeded(self) -> Job:
        job, key = self.running(), ""
        key = result_key(TENANT, job.id, 1)
        self.blobs.put(key, f'"transcript of {job.id}"'.encode())
        self.ledger.attempts.succeed(job.id, attempt=1, result_key=key, audio_s=1.0)
        self.ledger.cache.save(job.id, job.id)
        return self.ledger.jobs.get(job.id)

    def corrected(self) -> Revision:
        job = self.succeeded()
        key, content = revision_key(TENANT, job.id, "r"), b"corrected transcript"
        self.blobs.put(key, content)
        new = NewRevision(
            kind=RevisionKind.CORRECTED,
            parent=1,
            author="farm",
            key=key,
            size_bytes=len(content),
            sha256=sha256(content).hexdigest(),
            note="private",
            tags=("x",),
        )
        return self.ledger.revisions.insert(job.id, new, tenant=TENANT)

    def rows(self) -> dict[str, list[dict[str, object]]]:
        with self.ledger.snapshots.open() as snapshot:
            return {table: list(map(dict, snapshot.rows(table))) for table in snapshot.tables}

    def contents(self) -> dict[str, bytes]:
        root = self.folder / "blobs"
        return {key: (root / key).read_bytes() for key in self.blobs.keys()}  # noqa: SIM118

    def inconsistent(self) -> list[str]:
        check = JobCheck(self.ledger, self.blobs, True, Progress("checked", "blobs"))
        check.pause = lambda _: None
        return [found.key for found in check.run() if found.kind != "changed"]


@pytest.fixture
def farm(tmp_path: Path) -> Iterator[Farm]:
    farm = Farm(tmp_path / "farm")
    yield farm
    farm.ledger.close()


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Farm]:
    farm = Farm(tmp_path / "other")
    yield farm
    farm.ledger.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "backup"


def backup(farm: Farm, folder: Path, *, meanwhile: Callable[[], object] = lambda: None) -> Backup:
    made = Backup(farm.ledger, farm.blobs, FolderRepository(folder), pause=lambda _: meanwhile())
    made.run()
    return made


def restore(folder: Path, farm: Farm) -> None:
    restore_backup(farm.ledger, farm.blobs, FolderRepository(folder))


def run(farm: Farm, *arguments: str) -> Result:
    return CliRunner(env={"WHISPERFARM_DATA_DIR": None}).invoke(
        cli, [*arguments, "--data-dir", str(farm.folder)]
    )


def test_restored_farm_has_the_same_rows_and_blobs(farm: Farm, other: Farm, folder: Path) -> None:
    farm.succeeded()
    farm.queued(key=KEY)
    ended = run(farm, "backup", str(folder))
    assert (ended.exit_code, ended.output.rpartition(": ")[2]) == (
        0,
        "2 jobs, 3 new blobs, 0 from earlier backups, 0 deleted meanwhile\n",
    )
    assert run(other, "restore", str(folder)).output == "restored 2 jobs and 3 blobs\n"
    assert other.rows() == farm.rows()
    assert {"jobs", "idempotency", "callbacks", "cached_results"} <= {
        table for table, rows in other.rows().items() if rows
    }
    assert other.contents() == farm.contents()


def test_peaks_are_restored_where_there_are_any(farm: Farm, other: Farm, folder: Path) -> None:
    key = peaks_key(farm.succeeded().result_key or "")
    farm.blobs.put(key, Peaks(1.0, ((-1, 1),)).to_bytes())
    farm.succeeded()
    assert backup(farm, folder).lost == []
    restore(folder, other)
    assert other.contents() == farm.contents()


def test_revisions_are_restored(farm: Farm, other: Farm, folder: Path) -> None:
    made = farm.corrected()
    backup(farm, folder)
    restore(folder, other)
    [job] = other.ledger.jobs.list_for_tenant(TENANT)
    assert other.ledger.revisions.list(job)[1:] == [made]
    assert other.contents() == farm.contents()
    assert other.inconsistent() == []


def test_revisions_deleted_during_the_backup_are_restored_without_notes(
    farm: Farm, other: Farm, folder: Path
) -> None:
    made = farm.corrected()
    [job] = farm.ledger.jobs.list_for_tenant(TENANT)
    for key in (made.key, job.result_key or ""):
        farm.blobs.delete(key)
    backup(farm, folder, meanwhile=lambda: farm.ledger.retention.mark_deleted("results", job.id))
    restore(folder, other)
    [restored] = other.ledger.jobs.list_for_tenant(TENANT)
    assert other.ledger.revisions.list(restored)[1:] == [replace(made, note=None, tags=())]
    assert other.ledger.revisions.keys_in_use([made.key]) == set()


def test_unfinished_jobs_can_be_claimed_after_a_restoration(
    farm: Farm, other: Farm, folder: Path
) -> None:
    running, dispatched = farm.running(), farm.queued(key=KEY)
    farm.ledger.dispatch.mark([dispatched.id])
    backup(farm, folder)
    restore(folder, other)
    both = {running.id, dispatched.id}
    assert other.ledger.dispatch.mark(sorted(both)) == both
    claimed = other.ledger.attempts.claim(running.id, worker="w2", lease_s=60)
    assert claimed is not None
    assert (claimed.state, claimed.attempt) == (JobState.RUNNING, 2)
    assert other.ledger.jobs.insert(new_job(), idempotency=KEY).id == dispatched.id


def test_second_backup_copies_only_what_is_new(farm: Farm, other: Farm, folder: Path) -> None:
    purged, kept = farm.succeeded(), farm.succeeded()
    assert (backup(farm, folder).made, (folder / "blobs" / purged.audio.key).exists()) == (4, True)
    farm.blobs.delete(purged.audio.key)
    farm.ledger.retention.mark_deleted("audio", purged.id)
    farm.queued()
    second = backup(farm, folder)
    assert (second.made, second.found, second.lost, second.deleted) == (1, 3, [], [])
    assert not (folder / "blobs" / purged.audio.key).exists()
    assert len(list((folder / "snapshots").iterdir())) == 1
    restore(folder, other)
    assert other.contents() == farm.contents()
    assert other.ledger.jobs.get(kept.id).result_key in other.contents()


def test_blob_deleted_by_retention_during_the_backup_is_noted(
    farm: Farm, other: Farm, folder: Path
) -> None:
    job = farm.succeeded()
    farm.blobs.delete(job.result_key or "")
    made = backup(
        farm, folder, meanwhile=lambda: farm.ledger.retention.mark_deleted("results", job.id)
    )
    assert ([one.key for one in made.deleted], made.lost) == ([job.result_key], [])
    restore(folder, other)
    assert other.ledger.jobs.get(job.id).result_deleted_at is not None
    assert other.ledger.cache.find(TENANT, job.id) is None
    assert other.inconsistent() == []


def test_lost_blob_is_reported_and_stays_a_finding(farm: Farm, other: Farm, folder: Path) -> None:
    job = farm.succeeded()
    farm.blobs.delete(job.audio.key)
    ended = run(farm, "backup", str(folder))
    assert ended.exit_code == 1
    assert f"{job.audio.key} is missing or changed" in ended.output
    restore(folder, other)
    assert other.inconsistent() == [job.audio.key]


def test_backup_keeps_its_copy_of_a_blob_that_the_farm_lost(
    farm: Farm, other: Farm, folder: Path
) -> None:
    job = farm.succeeded()
    backup(farm, folder)
    for key in (job.audio.key, job.result_key or ""):
        farm.blobs.delete(key)
    assert backup(farm, folder).lost == []
    restore(folder, other)
    assert other.inconsistent() == []


def test_verify_replaces_a_damaged_copy(farm: Farm, folder: Path) -> None:
    job = farm.queued(sound=b"sound")
    backup(farm, folder)
    copy = folder / "blobs" / job.audio.key
    copy.write_bytes(b"soond")
    assert run(farm, "backup", str(folder), "--verify").exit_code == 0
    assert copy.read_bytes() == b"sound"


def _truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def _change(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1] + b"!")


@pytest.mark.parametrize("damage", [_truncate, _change, Path.unlink])
@pytest.mark.parametrize("pattern", ["snapshots/*/jobs.jsonl", "blobs/audio/acme/*"])
def test_damaged_backup_is_refused_by_name(
    farm: Farm, other: Farm, folder: Path, damage: Callable[[Path], None], pattern: str
) -> None:
    farm.queued()
    backup(farm, folder)
    (path,) = folder.glob(pattern)
    damage(path)
    with pytest.raises(BackupUnusable, match=path.name):
        restore(folder, other)
    assert other.rows()["jobs"] == []
    other.ledger.snapshots.require_empty()


def test_restoration_continues_after_it_failed(farm: Farm, other: Farm, folder: Path) -> None:
    jobs = [farm.queued(sound=b"sound") for _ in range(3)]
    backup(farm, folder)
    copy = folder / "blobs" / jobs[1].audio.key
    copy.write_bytes(b"soond")
    with pytest.raises(BackupUnusable):
        restore(folder, other)
    copy.write_bytes(b"sound")
    restore(folder, other)
    assert other.contents() == farm.contents()
    assert other.inconsistent() == []


def test_folder_without_a_manifest_is_refused(farm: Farm, other: Farm, folder: Path) -> None:
    farm.queued()
    backup(farm, folder)
    (folder / "manifest.json").unlink()
    ended = run(other, "restore", str(folder))
    assert isinstance(ended.exception, BackupUnusable)
    assert "manifest.json" in ended.exception.detail


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"revision": "9999"}, InvalidSettings),
        ({"format": 2}, BackupUnusable),
        ({"snapshot": "../../etc"}, BackupUnusable),
        ({"files": {}}, BackupUnusable),
        ({"unknown": 1}, BackupUnusable),
    ],
)
def test_unusable_manifest_is_refused(
    farm: Farm, other: Farm, folder: Path, changes: dict[str, object], expected: type[Problem]
) -> None:
    backup(farm, folder)
    path = folder / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))
    with pytest.raises(expected):
        restore(folder, other)


def _rewrite(folder: Path, name: str, change: Callable[[dict[str, object]], object]) -> None:
    """Change the lines of a file, and its record in the manifest."""
    (path,) = folder.glob(f"snapshots/*/{name}")
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    for line in lines:
        change(line)
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    manifest = json.loads((folder / "manifest.json").read_text())
    content = path.read_bytes()
    manifest["files"][name] |= {"size_bytes": len(content), "sha256": sha256(content).hexdigest()}
    (folder / "manifest.json").write_text(json.dumps(manifest))


@pytest.mark.parametrize("key", ["../../secret", "/etc/passwd", "models/base", "audio/../secret"])
def test_key_outside_of_the_blobs_of_jobs_is_refused(
    farm: Farm, other: Farm, folder: Path, key: str
) -> None:
    job = farm.queued()
    backup(farm, folder)
    copy = folder / "blobs" / job.audio.key
    if not key.startswith("/"):
        target = folder / "blobs" / key
        target.parent.mkdir(exist_ok=True)
        shutil.copy(copy, target)
    _rewrite(folder, "blobs.jsonl", lambda blob: blob.update(key=key))
    with pytest.raises(BackupUnusable, match=r"invalid key|cannot be the blob of a job"):
        restore(folder, other)


def test_link_in_a_backup_is_refused(farm: Farm, other: Farm, folder: Path, tmp_path: Path) -> None:
    job = farm.queued(sound=b"sound")
    backup(farm, folder)
    (tmp_path / "secret").write_bytes(b"sound")
    copy = folder / "blobs" / job.audio.key
    copy.unlink()
    copy.symlink_to(tmp_path / "secret")
    with pytest.raises(BackupUnusable, match="is a link"):
        restore(folder, other)


def test_rows_that_do_not_fit_restore_nothing(farm: Farm, other: Farm, folder: Path) -> None:
    farm.queued()
    backup(farm, folder)
    _rewrite(folder, "jobs.jsonl", lambda job: job.update(state="unknown"))
    with pytest.raises(ServerError, match="rows of jobs cannot be inserted"):
        restore(folder, other)
    _rewrite(folder, "jobs.jsonl", lambda job: job.pop("state"))
    with pytest.raises(ServerError, match="does not have the columns"):
        restore(folder, other)
    other.ledger.snapshots.require_empty()


def test_ledger_with_rows_is_refused(farm: Farm, other: Farm, folder: Path) -> None:
    farm.queued()
    backup(farm, folder)
    mine = other.queued()
    with pytest.raises(InvalidSettings, match="is not empty"):
        restore(folder, other)
    assert list(other.contents()) == [mine.audio.key]


def test_folder_with_other_files_is_refused(farm: Farm) -> None:
    farm.queued()
    with pytest.raises(InvalidSettings, match="is not a backup"):
        backup(farm, farm.folder)
    assert farm.inconsistent() == []


def test_two_backups_into_one_folder_are_refused(farm: Farm, folder: Path) -> None:
    backup(farm, folder)
    with (folder / "backup.lock").open() as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with pytest.raises(InvalidSettings, match="another backup is being written"):
            backup(farm, folder)


def test_backup_of_a_lost_farm_is_not_replaced(farm: Farm, other: Farm, folder: Path) -> None:
    job = farm.queued()
    backup(farm, folder)
    with pytest.raises(InvalidSettings, match="nothing in common"):
        backup(other, folder)
    restore(folder, other)
    assert other.ledger.jobs.get(job.id).state is JobState.QUEUED
