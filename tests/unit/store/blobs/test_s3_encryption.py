"""How the S3 server is asked to encrypt: the headers of all requests that write."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from botocore.httpsession import URLLib3Session

from whisperfarm_store.blobs import open_bucket
from whisperfarm_store.blobs.s3_upload import PART_BYTES
from whisperfarm_store.settings import StoreSettings

HEADERS = "x-amz-server-side-encryption", "x-amz-server-side-encryption-aws-kms-key-id"
UPLOAD = b"<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>"


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[tuple[str, ...]]]:
    """Return a function that writes a small and a large blob, and returns the method, the query and
    the headers of encryption of each request."""

    def write(**settings: Any) -> list[tuple[str, ...]]:
        access = {"s3_access_key_id": "a", "s3_secret_access_key": "s"}
        blobs = open_bucket(StoreSettings(**access, **settings), "s3://farm/x")
        requests: list[tuple[str, ...]] = []

        def answer(_: Any, request: Any) -> AWSResponse:
            query = request.url.partition("?")[2].partition("=")[0]
            sent = (request.headers.get(name, b"") for name in HEADERS)
            values = (one if isinstance(one, str) else one.decode() for one in sent)
            requests.append((request.method, query, *values))
            response = AWSResponse(request.url, 200, {"ETag": "e"}, None)
            monkeypatch.setattr(response, "_content", UPLOAD)
            return response

        monkeypatch.setattr(URLLib3Session, "send", answer)
        blobs.put("small", b"x")
        blobs.below("deeper").put("large", bytes(PART_BYTES + 1))
        return [request for request in requests if request[0] in {"PUT", "POST"}]

    return write


def test_every_new_object_names_the_key(written: Callable[..., list[tuple[str, ...]]]) -> None:
    assert written(s3_encryption="aws:kms", s3_kms_key_id="alias/calls") == [
        ("PUT", "", "aws:kms", "alias/calls"),
        ("POST", "uploads", "aws:kms", "alias/calls"),
        ("PUT", "uploadId", "", ""),
        ("PUT", "uploadId", "", ""),
        ("POST", "uploadId", "", ""),
    ]
    assert written(s3_encryption="AES256")[:2] == [
        ("PUT", "", "AES256", ""),
        ("POST", "uploads", "AES256", ""),
    ]


def test_nothing_is_asked_for_without_the_setting(
    written: Callable[..., list[tuple[str, ...]]],
) -> None:
    assert {request[2:] for request in written()} == {("", "")}
