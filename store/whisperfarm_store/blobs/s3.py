"""Blobs as objects in a bucket of S3 or a compatible server."""

import io
import mimetypes
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO, cast

from botocore.exceptions import ClientError

from whisperfarm_store.blobs.keys import validate_key
from whisperfarm_store.blobs.port import BlobWriter, missing
from whisperfarm_store.blobs.s3_cleanup import AbandonedUploads
from whisperfarm_store.blobs.s3_errors import BLOB_URL, NOT_FOUND, code_of, translate_errors
from whisperfarm_store.blobs.s3_reader import BLOCK_BYTES, S3Reader
from whisperfarm_store.blobs.s3_upload import Upload


class S3Blobs:
    """Blobs in an existing `bucket`, with keys below `prefix`.

    An object becomes durable and visible when its upload is completed. `signing_client` is the
    client that signs links, if callers reach the server at another address. `checking` is the
    client for `check`, which must not retry for long. `named_by` is the setting that names the
    bucket, for errors.
    """

    def __init__(
        self,
        client: Any,
        *,
        bucket: str,
        prefix: str = "",
        signing_client: Any | None = None,
        checking: Any | None = None,
        named_by: str = BLOB_URL,
    ) -> None:
        self._client = client
        self._signing_client = signing_client or client
        self._checking = checking or client
        self._named_by = named_by
        self._bucket = bucket
        self._prefix = f"{prefix.strip('/')}/" if prefix.strip("/") else ""
        self._abandoned_uploads = AbandonedUploads(client, bucket=bucket, prefix=self._prefix)

    @property
    def where(self) -> str:
        """Bucket and prefix as a URL, for logs."""
        return f"s3://{self._bucket}/{self._prefix}"

    def below(self, prefix: str) -> "S3Blobs":
        """Return the blobs whose keys start with `prefix` and a `/`, with keys without it."""
        return S3Blobs(self._client, bucket=self._bucket, prefix=f"{self._prefix}{prefix}")

    def check(self) -> None:
        """List the bucket. Raises `InvalidSettings` if the server rejects it, `FarmUnavailable` if
        the server does not respond."""
        with translate_errors(self.where, at_start=True, named_by=self._named_by):
            self._checking.list_objects_v2(Bucket=self._bucket, Prefix=self._prefix, MaxKeys=1)

    @contextmanager
    def writer(self, key: str) -> Iterator[BlobWriter]:
        upload = Upload(self._client, **self._location(key))
        self._abandoned_uploads.cleanup_if_due()
        try:
            yield _TranslatingWriter(upload, self.where)
            with translate_errors(self.where):
                upload.complete()
        except BaseException:
            upload.abort()
            raise

    def put(self, key: str, data: bytes) -> None:
        with self.writer(key) as blob:
            blob.write(data)

    @contextmanager
    def open(self, key: str) -> Iterator[BinaryIO]:
        with _translate_missing(key), translate_errors(self.where):
            reader = S3Reader(self._client, self._location(key), where=self.where)
        with io.BufferedReader(reader, BLOCK_BYTES) as buffered:
            yield cast("BinaryIO", buffered)

    def fetch(self, key: str, to: Path) -> Path:
        with self.open(key) as blob, to.open("wb") as file:
            shutil.copyfileobj(blob, file, BLOCK_BYTES)
        return to

    def size(self, key: str) -> int | None:
        try:
            with translate_errors(self.where):
                return int(self._client.head_object(**self._location(key))["ContentLength"])
        except ClientError as error:
            if code_of(error) in NOT_FOUND:
                return None
            raise

    def delete(self, key: str) -> None:
        with translate_errors(self.where):
            self._client.delete_object(**self._location(key))

    def keys(self, prefix: str = "") -> Iterator[str]:
        return (key for key, _ in self._list_objects(prefix))

    def older_than(self, prefix: str = "", *, older_than_s: float) -> Iterator[str]:
        before = datetime.now(UTC) - timedelta(seconds=older_than_s)
        return (key for key, modified_at in self._list_objects(prefix) if modified_at < before)

    def presigned_url(self, key: str, *, expires_s: int) -> str | None:
        """Sign a link without a request to the server, so the blob may not exist."""
        with translate_errors(self.where):
            link: str = self._signing_client.generate_presigned_url(
                "get_object",
                Params={**self._location(key), **_response_headers(key)},
                ExpiresIn=expires_s,
            )
        return link

    def _list_objects(self, prefix: str) -> Iterator[tuple[str, datetime]]:
        """Yield each key and the time at which it was written."""
        if folder := prefix.rpartition("/")[0]:
            validate_key(folder)
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=self._bucket, Prefix=self._prefix + prefix
        )
        with translate_errors(self.where):
            for page in pages:
                for found in page.get("Contents", ()):
                    key = found["Key"].removeprefix(self._prefix)
                    if not key.endswith("/"):  # some tools mark folders with such objects
                        yield key, found["LastModified"]

    def _location(self, key: str) -> dict[str, str]:
        return {"Bucket": self._bucket, "Key": self._prefix + validate_key(key)}


def _response_headers(key: str) -> dict[str, str]:
    media_type = mimetypes.guess_type(key)[0]
    return {} if media_type is None else {"ResponseContentType": media_type}


class _TranslatingWriter:
    """Writer that converts errors of the server to problems."""

    def __init__(self, upload: Upload, where: str) -> None:
        self._upload = upload
        self._where = where

    def write(self, data: bytes) -> None:
        with translate_errors(self._where):
            self._upload.write(data)


@contextmanager
def _translate_missing(key: str) -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        if code_of(error) not in NOT_FOUND:
            raise
        raise missing(key) from error
