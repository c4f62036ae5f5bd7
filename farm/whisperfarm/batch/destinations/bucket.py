"""Transcripts in a bucket of S3 or a compatible server."""

from collections.abc import Iterable
from functools import cached_property
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from whisperfarm.batch.destinations import bucket_errors, bucket_owner
from whisperfarm.batch.destinations.bucket_owner import BucketOwner
from whisperfarm.batch.destinations.rejected import Rejected
from whisperfarm.bucket_url import SCHEME
from whisperfarm_client.errors import OutputNotWritable
from whisperfarm_contract.problems import InvalidOption
from whisperfarm_store.blobs import s3_client
from whisperfarm_store.settings import StoreSettings

_MAX_KEY_BYTES = 1024


class Bucket:
    """The objects below a prefix. An object is written whole or not at all."""

    folder = None

    def __init__(self, client: Any, bucket: str, prefix: str) -> None:
        """`prefix` is empty or ends with `/`."""
        self.name = f"{SCHEME}{bucket}/{prefix}"
        self._client = client
        self._bucket = bucket
        self._prefix = prefix

    def claim(self, source: str, *, dry_run: bool) -> None:
        owner = BucketOwner(self._client, self._bucket, self._prefix)
        with bucket_errors.at_start(self.name):
            known = owner.read()
            if known is None and not dry_run:
                owner.write(source)
        if known not in {None, source}:
            raise InvalidOption(
                f"{self.name} has the transcripts of {known}, not of {source}; choose another"
                f" prefix (--output), or delete {bucket_owner.NAME} there"
            )

    def path(self, name: str) -> str:
        return f"{self.name}{name}"

    def exist(self, paths: Iterable[str]) -> bool:
        return self._listed.issuperset(paths)

    def check_writable(self, paths: Iterable[str]) -> None:
        for path in paths:
            try:
                size_bytes = len(self._key(path).encode())
            except UnicodeEncodeError as error:
                raise OutputNotWritable(f"{path}: keys of a bucket are UTF-8") from error
            if size_bytes > _MAX_KEY_BYTES:
                raise OutputNotWritable(f"{path}: the key has more than {_MAX_KEY_BYTES} bytes")

    def write(self, path: str, content: bytes) -> None:
        try:
            self._client.put_object(Bucket=self._bucket, Key=self._key(path), Body=content)
        except (ClientError, BotoCoreError) as error:
            problem = bucket_errors.problem_of(error, path)
            if problem is None and self._answers():
                raise Rejected(f"{path} cannot be written: {error}") from error
            raise problem or bucket_errors.unreachable(error, path) from error

    @cached_property
    def _listed(self) -> frozenset[str]:
        """The URLs of the objects below the prefix, by a few requests for all of them."""
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=self._bucket, Prefix=self._prefix
        )
        with bucket_errors.at_start(self.name):
            return frozenset(
                f"{SCHEME}{self._bucket}/{one['Key']}"
                for page in pages
                for one in page.get("Contents", ())
            )

    def _answers(self) -> bool:
        """Whether the server works, so that what it has refused was this object."""
        try:
            self._client.head_bucket(Bucket=self._bucket)
        except (ClientError, BotoCoreError):
            return False
        return True

    def _key(self, path: str) -> str:
        return path.removeprefix(f"{SCHEME}{self._bucket}/")


def open_bucket(url: str) -> Bucket:
    """Return the destination for a URL such as `s3://bucket/prefix`. Raises `InvalidOption`.

    Endpoint and credentials are those of the settings of a blob store, or of boto3.
    """
    bucket, _, prefix = url.removeprefix(SCHEME).partition("/")
    if not bucket:
        raise InvalidOption(f"{url}: name a bucket, as in s3://bucket/prefix")
    prefix = prefix.rstrip("/")
    return Bucket(s3_client.client(StoreSettings()), bucket, prefix and f"{prefix}/")
