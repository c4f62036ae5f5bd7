"""Pulls from a real S3 server: single files, and archives of earlier deployments."""

import hashlib
import io
import json
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.servers.s3 import S3Server
from tests.support.small_model import (
    MODEL,
    NAME,
    TRUTH,
    content,
    described,
    half_written,
    layout_of,
)
from whisperfarm_contract.problems import MissingModel, ModelIntegrityError
from whisperfarm_models.inventory import Model
from whisperfarm_models.pull import pull
from whisperfarm_models.settings import ModelSettings
from whisperfarm_models.sources.factory import open_source


@pytest.fixture
def bucket(s3_server: S3Server, request: pytest.FixtureRequest) -> Iterator["_Bucket"]:
    """Return the server's bucket, below a prefix of this test."""
    prefix = hashlib.sha256(request.node.name.encode()).hexdigest()[:8]
    own = _Bucket(s3_server, prefix)
    yield own
    own.client.close()


class _Bucket:
    """A prefix in a bucket, to write to and to pull from."""

    def __init__(self, server: S3Server, prefix: str) -> None:
        self.client: Any = server.client()
        self._server = server
        self._prefix = prefix

    def put(self, key: str, data: bytes) -> None:
        self.client.put_object(Bucket=self._server.bucket, Key=f"{self._prefix}/{key}", Body=data)

    def put_all(self, files: dict[str, bytes] = TRUTH) -> None:
        for path, data in files.items():
            self.put(f"{NAME}/{path}", data)

    def pin(self, files: dict[str, bytes] = TRUTH) -> None:
        rows = [
            {"path": path, "size_bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
            for path, data in files.items()
        ]
        models = [{"kind": "speech", "name": NAME, "revision": "b" * 40, "files": rows}]
        self.put("model_inventory.json", json.dumps({"models": models}).encode())

    def received(self) -> dict[str, str]:
        """Return the settings of the farm for this server."""
        return {
            "s3_endpoint_url": self._server.endpoint,
            "s3_region": self._server.region,
            "s3_access_key_id": self._server.access_key,
            "s3_secret_access_key": self._server.secret_key,
        }

    @property
    def place(self) -> str:
        return f"s3://{self._server.bucket}/{self._prefix}"

    def pull(self, root: Path, *models: Model, **given: str) -> None:
        source = open_source(ModelSettings(models_from=self.place, **(given or self.received())))
        try:
            pull(models or (MODEL,), source=source, layout=layout_of(root))
        finally:
            source.close()


def _tar(members: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz") as archive:
        for name, data in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return made.getvalue()


def test_s3_pull_downloads_each_file(bucket: _Bucket, tmp_path: Path) -> None:
    bucket.put_all()
    bucket.pull(tmp_path)
    assert content(tmp_path) == TRUTH
    assert half_written(tmp_path) == []


def test_inventory_in_the_bucket_pins_the_model(bucket: _Bucket, tmp_path: Path) -> None:
    bucket.put_all()
    bucket.pin()
    bucket.pull(tmp_path)
    [model] = json.loads((tmp_path / "model_inventory.json").read_text())["models"]
    assert model["revision"] == "b" * 40


def test_truncated_file_is_rejected_by_name(bucket: _Bucket, tmp_path: Path) -> None:
    bucket.pin()
    bucket.put_all({**TRUTH, "model.bin": TRUTH["model.bin"][:-1]})
    with pytest.raises(ModelIntegrityError, match=r"model\.bin has 299999 bytes"):
        bucket.pull(tmp_path)
    assert content(tmp_path) == {}


def test_missing_model_is_named(bucket: _Bucket, tmp_path: Path) -> None:
    with pytest.raises(MissingModel, match=NAME):
        bucket.pull(tmp_path)


def test_legacy_archive_is_unpacked(bucket: _Bucket, tmp_path: Path) -> None:
    model = described("calls", TRUTH)
    bucket.put("whisper-calls.tar.gz", _tar({f"calls/{path}": TRUTH[path] for path in TRUTH}))
    for _ in range(2):
        bucket.pull(tmp_path, model)
    assert content(tmp_path, model) == TRUTH
    assert [path.name for path in (tmp_path / ".pull").iterdir()] == ["lock"]


def test_hostile_archive_is_rejected_and_leaves_nothing(bucket: _Bucket, tmp_path: Path) -> None:
    members = {f"calls/{path}": TRUTH[path] for path in TRUTH}
    bucket.put("whisper-calls.tar.gz", _tar({**members, "../../escaped": b"x"}))
    with pytest.raises(ModelIntegrityError, match="escaped"):
        bucket.pull(tmp_path, described("calls", TRUTH))
    left = [path.name for path in tmp_path.rglob("*") if path.is_file()]
    assert left == ["lock"]


def test_invalid_inventory_is_rejected(bucket: _Bucket, tmp_path: Path) -> None:
    bucket.put_all()
    bucket.put("model_inventory.json", b"<html>")
    with pytest.raises(ModelIntegrityError, match="not a valid inventory"):
        bucket.pull(tmp_path)
