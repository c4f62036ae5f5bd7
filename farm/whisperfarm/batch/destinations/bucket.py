"""Transcripts in a bucket of S3 or a compatible server."""

import json
from collections.abc import Iterable
from functools import cached_property
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from whisperfarm.batch.destinations import bucket_errors
from whisperfarm.batch.destinations.rejected import Rejected
from whisperfarm.batch.sources.bucket import SCHEME
from whisperfarm_client.errors import OutputNotWritable
from whisperfarm_contract.problems import InvalidOption
from whisperfarm_store.blobs import s3_client
from whisperfarm_store.blobs.s3_errors import NOT_FOUND, code_of
from whisperfarm_store.settings import StoreSettings

OWNER_NAME = ".whisperfarm-batch.json"
"""The object that says whose transcripts are below a prefix: the manifest is elsewhere."""

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
        key = f"{self._prefix}{OWNER_NAME}"
        with bucket_errors.at_start(self.name):
            owner = self._owner(key)
            if owner is None and not dry_run:
                self._put(key, json.dumps({"source": source}).encode())
        if owner not in {None, source}:
            raise InvalidOption(
                f"{self.name} has the transcripts of {owner}, not of {source}; choose another"
                f" prefix (--output), or delete {OWNER_NAME} there"
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
            self._put(self._key(path), content)
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

    def _owner(self, key: str) -> str | None:
        try:
            body = self._client.get_object(Bucket=self._bucket, Key=key)["Body"].read()
            return str(json.loads(body)["source"])
        except ClientError as error:
            if code_of(error) in NOT_FOUND:
                return None
            raise
        except (ValueError, KeyError, TypeError):
            return f"an unknown source ({OWNER_NAME} is not valid)"

    def _answers(self) -> bool:
        """Whether the server works, so that what it has refused was this object."""
        try:
            self._client.head_bucket(Bucket=self._bucket)
        except (ClientError, BotoCoreError):
            return False
        return True

    def _put(self, key: str, content: bytes) -> None:
        self._client.put_object(Bucket=self._bucket, Key=key, Body=content)

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
