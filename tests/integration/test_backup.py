"""Backups between databases and blob stores, and a backup that is killed."""

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from tests.support.environment import environment
from tests.support.jobs import new_job
from whisperfarm.command import cli
from whisperfarm_contract.identifiers import result_key
from whisperfarm_contract.job import Job
from whisperfarm_contract.job_labels import JobLabels
from whisperfarm_contract.job_policy import JobPolicy
from whisperfarm_store.blobs import Blobs, FolderBlobs, open_blobs
from whisperfarm_store.ledger import Idempotency, Ledger, open_ledger
from whisperfarm_store.settings import StoreSettings

if TYPE_CHECKING:
    from tests.servers.postgresql import PostgresqlServer
    from tests.servers.s3 import S3Server

pytestmark = pytest.mark.slow

Settings = Mapping[str, str]
LABELS = JobLabels(reference="call-17", metadata={"agent": "Å7", "nested": {"seconds": 1.25}})


def run(settings: Settings, *line: object) -> str:
    ended = CliRunner().invoke(cli, [str(word) for word in line], env=settings)
    assert ended.exit_code == 0, (ended.output, ended.exception)
    return str(ended.output)


def queued(ledger: Ledger, blobs: Blobs) -> Job:
    job = new_job()
    sound = f"sound of {job.id}".encode()
    audio = replace(job.audio, size_bytes=len(sound), sha256=sha256(sound).hexdigest())
    blobs.put(audio.key, sound)
    policy = JobPolicy(callback_url="http://callers.example/callback", deadline_s=86_400)
    key = Idempotency(key=job.id, fingerprint="f")
    return ledger.jobs.insert(
        replace(job, audio=audio, policy=policy, labels=LABELS), idempotency=key
    )


def fill(settings: StoreSettings) -> None:
    """Make a farm with a job in each state and with each kind of row."""
    blobs = open_blobs(settings)
    with closing(open_ledger(settings.resolved_database_url)) as ledger:
        ledger.migrate()
        queued(ledger, blobs)
        ledger.jobs.request_cancel(queued(ledger, blobs).id, tenant="acme")
        ended = queued(ledger, blobs)
        key = result_key("acme", ended.id, 1)
        blobs.put(key, b"transcript")
        ledger.attempts.claim(ended.id, worker="w", lease_s=60)
        ledger.attempts.succeed(ended.id, attempt=1, result_key=key, audio_s=1.23456789)
        ledger.cache.save(ended.id, "ab")


def content(settings: StoreSettings) -> dict[str, Any]:
    """Return all rows and blobs of a farm."""
    blobs = open_blobs(settings)
    found: dict[str, Any] = {}
    with (
        closing(open_ledger(settings.resolved_database_url)) as ledger,
        ledger.snapshots.open() as snapshot,
    ):
        for table in snapshot.tables:
            found[table] = {repr(sorted(row.items())) for row in snapshot.rows(table)}
    for key in blobs.keys():  # noqa: SIM118 - not a dictionary
        with blobs.open(key) as file:
            found[key] = file.read()
    return found


def test_farm_moves_to_postgresql_and_s3_and_back(
    tmp_path: Path,
    postgresql_server: "PostgresqlServer",
    s3_server: "S3Server",
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in list(os.environ):
        if name.startswith("WHISPERFARM_"):
            monkeypatch.delenv(name)
    servers = {
        "WHISPERFARM_DATA_DIR": str(tmp_path / "distributed"),
        "WHISPERFARM_DATABASE_URL": postgresql_server.new_database(),
        "WHISPERFARM_BLOB_URL": f"s3://{s3_server.bucket}/moved",
        "WHISPERFARM_S3_ENDPOINT_URL": s3_server.endpoint,
        "WHISPERFARM_S3_REGION": s3_server.region,
        "WHISPERFARM_S3_ACCESS_KEY_ID": s3_server.access_key,
        "WHISPERFARM_S3_SECRET_ACCESS_KEY": s3_server.secret_key,
    }
    farms = [
        {"WHISPERFARM_DATA_DIR": str(tmp_path / "first")},
        servers,
        {"WHISPERFARM_DATA_DIR": str(tmp_path / "last")},
    ]
    contents = []
    for number, farm in enumerate(farms):
        if number:
            run(farm, "restore", tmp_path / f"backup-{number - 1}")
        with pytest.MonkeyPatch.context() as patched:
            for name, value in farm.items():
                patched.setenv(name, value)
            if not number:
                fill(StoreSettings())
            contents.append(content(StoreSettings()))
        assert "3 jobs, 4 new blobs" in run(farm, "backup", tmp_path / f"backup-{number}")
        assert run(farm, "fsck") == "checked 4 blobs: all consistent\n"
    first, distributed, last = contents
    assert first == distributed == last


@pytest.fixture
def in_bucket(s3_server: "S3Server") -> Settings:
    """Return the settings of the S3 server alone."""
    return {
        "WHISPERFARM_S3_ENDPOINT_URL": s3_server.endpoint,
        "WHISPERFARM_S3_REGION": s3_server.region,
        "WHISPERFARM_S3_ACCESS_KEY_ID": s3_server.access_key,
        "WHISPERFARM_S3_SECRET_ACCESS_KEY": s3_server.secret_key,
    }


def test_backup_in_a_bucket_has_the_newest_jobs_alone(
    tmp_path: Path, s3_server: "S3Server", s3_client: Any, in_bucket: Settings
) -> None:
    url = f"s3://{s3_server.bucket}/copies/farm"
    farm = {**in_bucket, "WHISPERFARM_DATA_DIR": str(tmp_path / "farm")}
    other = {**in_bucket, "WHISPERFARM_DATA_DIR": str(tmp_path / "other")}
    blobs = FolderBlobs(tmp_path / "farm" / "blobs")
    with closing(open_ledger(f"sqlite:///{tmp_path / 'farm' / 'ledger.sqlite'}")) as ledger:
        ledger.migrate()
        purged, _ = queued(ledger, blobs), queued(ledger, blobs)
        assert "2 jobs, 2 new blobs" in run(farm, "backup", url)
        ledger.jobs.request_cancel(purged.id, tenant="acme")
        blobs.delete(purged.audio.key)
        ledger.retention.mark_deleted("audio", purged.id)
        queued(ledger, blobs)
    assert "3 jobs, 1 new blobs, 1 from earlier backups" in run(farm, "backup", url)
    listed = s3_client.list_objects_v2(Bucket=s3_server.bucket, Prefix="copies/farm/")
    names = [one["Key"].removeprefix("copies/farm/") for one in listed["Contents"]]
    assert len({name.split("/")[1] for name in names if name.startswith("snapshots/")}) == 1
    assert f"blobs/{purged.audio.key}" not in names
    assert not [name for name in names if name.startswith("locks/")]
    assert run(other, "restore", url) == "restored 3 jobs and 2 blobs\n"
    assert run(other, "fsck", "--verify") == "checked 2 blobs: all consistent\n"
    for place, detail in (
        (f"s3://{s3_server.bucket}/copies", "other objects and is not a backup"),
        (f"s3://{s3_server.bucket}-none/copies", "the backup: s3://.*the bucket does not exist"),
    ):
        refused = CliRunner().invoke(cli, ["backup", place], env=farm)
        assert re.search(detail, str(refused.exception))


def test_killed_backup_in_a_bucket_is_not_one(
    tmp_path: Path, s3_server: "S3Server", s3_client: Any, in_bucket: Settings
) -> None:
    url = f"s3://{s3_server.bucket}/killed"
    farm = {**in_bucket, "WHISPERFARM_DATA_DIR": str(tmp_path / "farm")}
    blobs = FolderBlobs(tmp_path / "farm" / "blobs")
    with closing(open_ledger(f"sqlite:///{tmp_path / 'farm' / 'ledger.sqlite'}")) as ledger:
        ledger.migrate()
        jobs = [queued(ledger, blobs) for _ in range(3)]
    held = tmp_path / "farm" / "blobs" / jobs[1].audio.key
    sound = held.read_bytes()
    held.unlink()
    os.mkfifo(held)  # who opens it waits for a writer
    command = [sys.executable, "-m", "whisperfarm", "backup", url]
    with subprocess.Popen(command, env=environment(**farm)) as process:
        writer = os.open(held, os.O_WRONLY)  # returns once the backup copies this blob
        process.kill()
    os.close(writer)
    held.unlink()
    held.write_bytes(sound)
    other = {**in_bucket, "WHISPERFARM_DATA_DIR": str(tmp_path / "other")}
    refused = CliRunner().invoke(cli, ["restore", url], env=other)
    assert "is not a backup, or not a complete one" in str(refused.exception)
    refused = CliRunner().invoke(cli, ["backup", url], env=farm)
    assert "killed within the last 30 minutes" in str(refused.exception)
    for lock in s3_client.list_objects_v2(Bucket=s3_server.bucket, Prefix="killed/locks/")[
        "Contents"
    ]:
        s3_client.delete_object(Bucket=s3_server.bucket, Key=lock["Key"])
    assert "3 jobs" in run(farm, "backup", url)
    assert run(other, "restore", url) == "restored 3 jobs and 3 blobs\n"


def test_backup_after_a_killed_one_completes_it(tmp_path: Path) -> None:
    farm, folder = {"WHISPERFARM_DATA_DIR": str(tmp_path / "farm")}, tmp_path / "backup"
    blobs = FolderBlobs(tmp_path / "farm" / "blobs")
    with closing(open_ledger(f"sqlite:///{tmp_path / 'farm' / 'ledger.sqlite'}")) as ledger:
        ledger.migrate()
        jobs = [queued(ledger, blobs) for _ in range(5)]
    held = tmp_path / "farm" / "blobs" / jobs[3].audio.key
    sound = held.read_bytes()
    held.unlink()
    os.mkfifo(held)  # who opens it waits for a writer
    command = [sys.executable, "-m", "whisperfarm", "backup", str(folder)]
    with subprocess.Popen(command, env=environment(**farm)) as process:
        writer = os.open(held, os.O_WRONLY)  # returns once the backup copies this blob
        process.kill()
    os.close(writer)
    assert not (folder / "manifest.json").exists()
    held.unlink()
    held.write_bytes(sound)
    other = {"WHISPERFARM_DATA_DIR": str(tmp_path / "other")}
    refused = CliRunner().invoke(cli, ["restore", str(folder)], env=other)
    assert "is not a backup, or not a complete one" in str(refused.exception)
    assert "5 jobs" in run(farm, "backup", folder)
    assert run(other, "restore", folder) == "restored 5 jobs and 5 blobs\n"
    assert run(other, "fsck", "--verify") == "checked 5 blobs: all consistent\n"
