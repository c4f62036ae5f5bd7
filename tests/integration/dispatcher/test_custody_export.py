"""Roots of custody are exported to a folder or a bucket, and stamped by a time authority."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.servers.s3 import S3Server
from tests.servers.time_authority import Authority, time_authority
from tests.support.jobs import new_job
from tests.support.ledger import open_migrated
from whisperfarm_contract.problems import InvalidSettings
from whisperfarm_dispatcher.custody import make_root
from whisperfarm_dispatcher.custody.export import build_export
from whisperfarm_dispatcher.custody.export.targets import LockedBucket
from whisperfarm_dispatcher.settings import DispatcherSettings
from whisperfarm_store.ledger import Ledger


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = open_migrated(f"sqlite:///{tmp_path / 'ledger.sqlite'}", custody=True)
    yield opened
    opened.close()


@pytest.fixture
def authority(tmp_path: Path) -> Iterator[Authority]:
    folder = tmp_path / "authority"
    folder.mkdir()
    with time_authority(folder) as running:
        yield running


def add_root(ledger: Ledger, job_id: str) -> dict[str, Any]:
    ledger.jobs.insert(new_job(job_id))
    made = make_root(ledger.custody, lambda document: document)
    assert made is not None
    return made


def export(ledger: Ledger, **settings: Any) -> None:
    found = build_export(DispatcherSettings(**settings), ledger.custody)
    assert found is not None
    found.run_once()


def test_roots_of_before_are_exported_and_stamped_once(
    ledger: Ledger, authority: Authority, tmp_path: Path
) -> None:
    roots = [add_root(ledger, "first"), add_root(ledger, "second")]
    kept = tmp_path / "kept"
    settings = {"custody_roots_url": str(kept), "custody_time_authority": authority.url}
    export(ledger, **settings)
    for root in roots:
        file = kept / f"{root['number']:08d}.json"
        assert json.loads(file.read_bytes()) == root
        assert "Verification: OK" in authority.verify(file, file.with_suffix(".tsr"))
    before = {path: path.stat().st_mtime_ns for path in kept.rglob("*.*")}
    export(ledger, **settings)
    assert {path: path.stat().st_mtime_ns for path in kept.rglob("*.*")} == before
    assert not any(b"first" in query for query in authority.asked)


@pytest.mark.parametrize("answer", [(503, b""), (200, b"no stamp"), (200, b""), "of another root"])
def test_missing_stamp_is_asked_for_again(
    ledger: Ledger, authority: Authority, tmp_path: Path, answer: Any
) -> None:
    add_root(ledger, "first")
    settings = {
        "custody_roots_url": str(tmp_path / "kept"), "custody_time_authority": authority.url,
    }  # fmt: skip
    if answer == "of another root":
        export(ledger, **settings)
        answer = (200, (tmp_path / "kept" / "00000001.tsr").read_bytes())
        add_root(ledger, "second")
    number = ledger.custody.roots.latest()["number"]  # type: ignore[index]
    authority.answer = answer
    export(ledger, **settings)
    file = tmp_path / "kept" / f"{number:08d}.json"
    assert json.loads(file.read_bytes())["number"] == number
    assert not file.with_suffix(".tsr").exists()
    authority.answer = None
    export(ledger, **settings)
    assert "Verification: OK" in authority.verify(file, file.with_suffix(".tsr"))


def test_bucket_gets_each_root(ledger: Ledger, s3_server: S3Server) -> None:
    root = add_root(ledger, "first")
    client = s3_server.client()
    client.create_bucket(Bucket="roots-of-custody")
    export(ledger, custody_roots_url="s3://roots-of-custody/farm", **s3_settings(s3_server))
    found = client.get_object(Bucket="roots-of-custody", Key="farm/00000001.json")["Body"].read()
    assert json.loads(found) == root
    client.close()


def s3_settings(server: S3Server) -> dict[str, Any]:
    return {
        "s3_endpoint_url": server.endpoint,
        "s3_access_key_id": server.access_key,
        "s3_secret_access_key": server.secret_key,
    }


class Client:
    """Records what boto3's client would send."""

    def __init__(self) -> None:
        self.sent: dict[str, Any] = {}

    def put_object(self, **request: Any) -> None:
        self.sent = request


def test_object_is_locked_for_the_days_of_the_setting() -> None:
    client = Client()
    LockedBucket(client, bucket="b", prefix="farm", lock_days=10).put("1.json", b"{}")
    assert (client.sent["Key"], client.sent["IfNoneMatch"]) == ("farm/1.json", "*")
    assert client.sent["ObjectLockMode"] == "COMPLIANCE"
    assert client.sent["ObjectLockRetainUntilDate"].tzinfo is not None
    LockedBucket(client, bucket="b", prefix="", lock_days=0).put("1.json", b"{}")
    assert "ObjectLockMode" not in client.sent


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        ({"custody_time_authority": "http://tsa.example"}, "CUSTODY_ROOTS_URL"),
        ({"custody_roots_url": "s3://"}, "not a valid bucket"),
        (
            {"custody_roots_url": "roots", "custody_time_authority": "ldap://tsa.example"},
            "CUSTODY_TIME_AUTHORITY",
        ),
    ],
)
def test_invalid_settings_are_refused(
    ledger: Ledger,
    settings: dict[str, Any],
    why: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)  # in which the folder of roots is created
    with pytest.raises(InvalidSettings, match=why):
        build_export(DispatcherSettings(**settings), ledger.custody)
