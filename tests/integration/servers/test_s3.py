"""The S3 server of the tests."""

from dataclasses import replace
from io import BytesIO
from typing import Any

import httpx
import pytest
from boto3.s3.transfer import TransferConfig
from botocore.exceptions import ClientError

from tests.servers import s3
from tests.servers.s3 import S3Server

pytestmark = pytest.mark.slow

PART_BYTES = 5 * 2**20  # the smallest part size of S3


def test_objects_survive_a_kill(s3_server: S3Server, s3_client: Any) -> None:
    s3_client.put_object(Bucket=s3_server.bucket, Key="audio/1", Body=b"RIFF")
    s3_server.kill()
    s3_server.start()
    assert s3_client.get_object(Bucket=s3_server.bucket, Key="audio/1")["Body"].read() == b"RIFF"


def test_objects_support_multipart_uploads_and_ranges(s3_server: S3Server, s3_client: Any) -> None:
    audio = bytes(range(256)) * (PART_BYTES // 256) * 2 + b"end"
    s3_client.upload_fileobj(
        BytesIO(audio),
        s3_server.bucket,
        "audio/2",
        Config=TransferConfig(multipart_threshold=PART_BYTES, multipart_chunksize=PART_BYTES),
    )
    back = BytesIO()
    s3_client.download_fileobj(s3_server.bucket, "audio/2", back)
    assert back.getvalue() == audio
    ranged = s3_client.get_object(Bucket=s3_server.bucket, Key="audio/2", Range="bytes=-3")
    assert ranged["Body"].read() == b"end"


def test_wrong_key_is_rejected(s3_server: S3Server) -> None:
    stranger = replace(s3_server, secret_key="guessed").client()
    with pytest.raises(ClientError, match="SignatureDoesNotMatch"):
        stranger.list_objects_v2(Bucket=s3_server.bucket)
    stranger.close()


def test_altered_presigned_url_is_rejected(s3_server: S3Server, s3_client: Any) -> None:
    s3_client.put_object(Bucket=s3_server.bucket, Key="result", Body=b"{}")
    named = {"Bucket": s3_server.bucket, "Key": "result"}
    link = s3_client.generate_presigned_url("get_object", Params=named, ExpiresIn=60)
    assert httpx.get(link).content == b"{}"
    assert httpx.get(link.replace("result", "other")).status_code == 403


def test_servers_are_independent_and_can_be_wiped(s3_server: S3Server, s3_client: Any) -> None:
    with s3.started() as other:
        theirs = other.client()
        theirs.put_object(Bucket=other.bucket, Key="theirs", Body=b"")
        with pytest.raises(ClientError, match="NoSuchKey"):
            s3_client.get_object(Bucket=s3_server.bucket, Key="theirs")
        other.wipe()
        other.start()
        assert "Contents" not in theirs.list_objects_v2(Bucket=other.bucket)
        theirs.close()
