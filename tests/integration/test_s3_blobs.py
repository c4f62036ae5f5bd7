"""Blobs in a bucket: cases that a folder does not have."""

import io
import tracemalloc
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import structlog
from botocore.exceptions import ClientError

from whisperfarm_contract.problems import FarmUnavailable, InvalidSettings, StorageFull
from whisperfarm_store.blobs import Blobs, open_blobs
from whisperfarm_store.blobs.s3 import S3Blobs
from whisperfarm_store.blobs.s3_cleanup import ABANDONED_S, AbandonedUploads
from whisperfarm_store.blobs.s3_reader import S3Reader
from whisperfarm_store.blobs.s3_upload import LARGE_PART_BYTES, PART_BYTES, part_bytes
from whisperfarm_store.settings import StoreSettings

if TYPE_CHECKING:
    from tests.servers.s3 import S3Server

KEY = "audio/acme/job-1"
AWAY = "the blob store is unavailable; see the farm's log"


@pytest.fixture
def settings(s3_server: "S3Server") -> StoreSettings:
    """Return settings of a farm with its blobs on the server."""
    return settings_of(s3_server)


def settings_of(server: "S3Server", **others: Any) -> StoreSettings:
    named = {
        "blob_url": f"s3://{server.bucket}/farm",
        "s3_endpoint_url": server.endpoint,
        "s3_access_key_id": server.access_key,
        "s3_secret_access_key": server.secret_key,
    }
    return StoreSettings(**{**named, **others})


@pytest.fixture
def blobs(settings: StoreSettings) -> Blobs:
    """Return the blobs of that farm."""
    return open_blobs(settings)


def test_blobs_are_stored_below_the_prefix(
    blobs: Blobs, s3_server: "S3Server", s3_client: Any
) -> None:
    blobs.put(KEY, b"sound")
    stored = s3_client.get_object(Bucket=s3_server.bucket, Key=f"farm/{KEY}")
    assert stored["Body"].read() == b"sound"
    assert list(blobs.keys("audio/acme/")) == [KEY]


def test_large_blob_uses_little_memory(blobs: Blobs) -> None:
    block = bytes(range(256)) * 4096
    tracemalloc.start()
    with blobs.writer(KEY) as blob:
        for _ in range(40):
            blob.write(block)
    with blobs.open(KEY) as reader:
        while read := reader.read(len(block)):
            assert read == block
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert blobs.size(KEY) == 40 * len(block)
    assert peak < 4 * PART_BYTES


def test_aborted_multipart_upload_leaves_nothing(
    blobs: Blobs, s3_server: "S3Server", s3_client: Any
) -> None:
    with suppress(RuntimeError), blobs.writer("broken") as blob:
        blob.write(bytes(PART_BYTES + 1))
        assert _uploads(s3_client, s3_server)
        raise RuntimeError("hung up")
    assert blobs.size("broken") is None
    assert not _uploads(s3_client, s3_server)


def _uploads(s3_client: Any, server: "S3Server") -> list[Any]:
    listed = s3_client.list_multipart_uploads(Bucket=server.bucket, Prefix="farm/")
    return list(listed.get("Uploads", ()))


def test_cleanup_aborts_abandoned_uploads_only(s3_server: "S3Server", s3_client: Any) -> None:
    at = {"Bucket": s3_server.bucket, "Key": "swept/left"}
    upload = s3_client.create_multipart_upload(**at)["UploadId"]
    begun = datetime.now(UTC).timestamp()
    for later_s, left in ((ABANDONED_S - 60, 1), (ABANDONED_S + 60, 0)):
        clock = partial(float, begun + later_s)
        AbandonedUploads(
            s3_client, bucket=at["Bucket"], prefix="swept/", clock=clock
        ).cleanup_if_due()
        listed = s3_client.list_multipart_uploads(Bucket=at["Bucket"], Prefix="swept/")
        assert len(listed.get("Uploads", ())) == left, upload


def test_cleanup_runs_once_a_day() -> None:
    asked: list[str] = []

    class Client:
        def get_paginator(self, name: str) -> Any:
            asked.append(name)
            raise OSError("no sweep today")

    now = [0.0]
    sweep = AbandonedUploads(Client(), bucket="b", prefix="", clock=lambda: now[0])
    for now[0] in (0.0, 10.0, ABANDONED_S + 1):
        with suppress(OSError):
            sweep.cleanup_if_due()
    assert len(asked) == 2


def test_part_size_grows_for_large_blobs() -> None:
    sizes = {part_bytes(number) for number in range(1, 8001)}
    assert sizes == {PART_BYTES}
    assert part_bytes(10_000) == LARGE_PART_BYTES
    with pytest.raises(StorageFull):
        part_bytes(10_001)


class Stutter:
    """A server whose streams break after three bytes, `times` times."""

    def __init__(self, content: bytes, *, breaks: int) -> None:
        self.content, self.breaks, self.ranges = content, breaks, list[str]()

    def get_object(self, *, Range: str = "bytes=0-", **_: str) -> dict[str, Any]:
        self.ranges.append(Range)
        rest = self.content[int(Range.removeprefix("bytes=").removesuffix("-")) :]
        if self.breaks:
            self.breaks -= 1
            rest = rest[:3]
        return {"Body": io.BytesIO(rest), "ContentLength": len(self.content), "ETag": "e"}


def test_read_resumes_a_broken_stream() -> None:
    server = Stutter(b"transcript", breaks=2)
    reader = S3Reader(server, {"Bucket": "b", "Key": "k"}, where="here", pause=lambda _: None)
    assert reader.read() == b"transcript"
    assert server.ranges == ["bytes=0-", "bytes=3-", "bytes=6-"]


def test_read_gives_up_on_a_repeatedly_broken_stream() -> None:
    server = Stutter(b"transcript", breaks=100)
    server.content = b""
    reader = S3Reader(server, {"Bucket": "b", "Key": "k"}, where="here", pause=lambda _: None)
    reader._size = 10
    with pytest.raises(FarmUnavailable):
        reader.read()


class Replaced(Stutter):
    """A server that has replaced the object with another one."""

    def get_object(self, *, Range: str = "bytes=0-", IfMatch: str = "", **_: str) -> dict[str, Any]:
        if IfMatch:
            received = {"Error": {"Code": "PreconditionFailed"}}
            raise ClientError(received, "GetObject")
        return super().get_object(Range=Range)


def test_read_rejects_a_replaced_object() -> None:
    server = Replaced(b"transcript", breaks=1)
    reader = S3Reader(server, {"Bucket": "b", "Key": "k"}, where="here", pause=lambda _: None)
    with pytest.raises(FarmUnavailable):
        reader.read()


def test_server_is_asked_to_encrypt_small_and_large_blobs(s3_server: "S3Server") -> None:
    encrypted = open_blobs(settings_of(s3_server, s3_encryption="AES256"))
    for content in (b"sound", bytes(PART_BYTES + 1)):
        encrypted.put(KEY, content)
        assert encrypted.size(KEY) == len(content)


def test_presigned_url_works_until_it_expires(blobs: Blobs) -> None:
    blobs.put("results/1/transcript.json", b"{}")
    link = blobs.presigned_url("results/1/transcript.json", expires_s=60)
    assert link is not None
    assert httpx.get(link).content == b"{}"
    assert httpx.get(link.replace("X-Amz-Expires=60", "X-Amz-Expires=6000")).status_code == 403


def test_presigned_url_has_the_public_endpoint(s3_server: "S3Server") -> None:
    public = settings_of(s3_server, s3_public_endpoint_url="https://files.example.org")
    link = open_blobs(public).presigned_url(KEY, expires_s=60)
    assert link is not None
    assert link.startswith("https://files.example.org/farm/farm/audio/")


@pytest.mark.parametrize(
    ("change", "received"),
    [
        ({"blob_url": "s3://nowhere"}, r"s3://nowhere/: the bucket does not exist"),
        ({"s3_access_key_id": "stranger"}, r"the server does not know the access key|Access"),
        ({"s3_secret_access_key": "guessed"}, "the secret key does not belong"),
    ],
)
def test_rejected_credentials_at_start_are_invalid_settings(
    s3_server: "S3Server", change: dict[str, str], received: str
) -> None:
    with pytest.raises(InvalidSettings, match=received) as raised:
        open_blobs(settings_of(s3_server, **change))
    assert s3_server.secret_key not in raised.value.detail


def test_missing_credentials_name_their_settings(
    s3_server: "S3Server", monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
    bare = settings_of(s3_server, s3_access_key_id=None, s3_secret_access_key=None)
    with pytest.raises(InvalidSettings, match="WHISPERFARM_S3_ACCESS_KEY_ID"):
        open_blobs(bare)


def test_boto3_finds_its_own_credentials(
    s3_server: "S3Server", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", s3_server.access_key)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", s3_server.secret_key)
    bare = settings_of(s3_server, s3_access_key_id=None, s3_secret_access_key=None)
    open_blobs(bare).put(KEY, b"sound")


def test_unavailable_server_does_not_prevent_the_start(
    s3_server: "S3Server", s3_client: Any
) -> None:
    nowhere = replace(s3_server, endpoint="http://127.0.0.1:9")
    with structlog.testing.capture_logs() as logs:
        away = open_blobs(settings_of(nowhere))
        with pytest.raises(FarmUnavailable, match=AWAY):
            away.put(KEY, b"sound")
    assert "blobs.unavailable" in [line["event"] for line in logs]
    assert s3_server.secret_key not in str(logs)


def test_recovered_server_is_used_again(s3_server: "S3Server", blobs: Blobs) -> None:
    s3_server.kill()
    try:
        with pytest.raises(FarmUnavailable, match=AWAY):
            blobs.put(KEY, b"sound")
    finally:
        s3_server.start()
    blobs.put(KEY, b"sound")
    assert blobs.size(KEY) == 5


def test_deleted_bucket_is_unavailable_while_running(
    s3_client: Any,
) -> None:
    with pytest.raises(FarmUnavailable, match=AWAY):
        S3Blobs(s3_client, bucket="vanished").put(KEY, b"sound")
