"""Recordings in a bucket of S3 or a compatible server."""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from whisperfarm.batch import patterns
from whisperfarm.batch.recording import Recording
from whisperfarm.bucket_url import SCHEME
from whisperfarm_contract.problems import AddressUnreachable, InvalidOption, MissingAudio
from whisperfarm_store.blobs import s3_client
from whisperfarm_store.blobs.s3_errors import NOT_FOUND, code_of
from whisperfarm_store.settings import StoreSettings

_S_TO_NS = 1_000_000_000
_OF_OBJECT = {*NOT_FOUND, "AccessDenied", "403", "InvalidObjectState"}
"""Codes of requests that fail for one object and may succeed for the others."""


class Bucket:
    """The objects below a prefix. Their files are temporary, one for each sender."""

    root = None

    def __init__(
        self,
        client: Any,
        bucket: str,
        prefix: str,
        options: Mapping[str, str],
        *,
        include: Sequence[str] = (),
        exclude: Sequence[str] = (),
    ) -> None:
        self.name = f"{SCHEME}{bucket}/{prefix}"
        self._client = client
        self._bucket = bucket
        self._prefix = prefix
        self._options = options
        self._include = include
        self._exclude = exclude

    def recordings(self) -> Iterator[Recording]:
        """Yield the objects. Raises `InvalidOption` or `AddressUnreachable`."""
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=self._bucket, Prefix=self._prefix
        )
        try:
            for page in pages:
                yield from filter(self._is_wanted, map(self._recording, page.get("Contents", ())))
        except ClientError as error:
            raise InvalidOption(f"{self.name} cannot be listed: {error}") from error
        except BotoCoreError as error:
            raise AddressUnreachable(f"{self.name} cannot be listed: {error}") from error

    def digest(self, recording: Recording) -> str:
        """Return the object's tag, which changes with its content."""
        return recording.digest or ""

    @contextmanager
    def file(self, recording: Recording) -> Iterator[Path]:
        with tempfile.TemporaryDirectory(prefix="whisperfarm-batch-") as folder:
            path = Path(folder) / "recording"
            self._download(recording, path)
            yield path

    def _download(self, recording: Recording, path: Path) -> None:
        key = recording.location.removeprefix(f"{SCHEME}{self._bucket}/")
        where = f"{recording.location} cannot be read"
        try:
            self._client.download_file(self._bucket, key, str(path))
        except (ClientError, BotoCoreError) as error:
            kind = MissingAudio if code_of(error) in _OF_OBJECT else AddressUnreachable
            raise kind(f"{where}: {error}") from error

    def _recording(self, listed: Mapping[str, Any]) -> Recording:
        key = str(listed["Key"])
        return Recording(
            path=key[self._prefix.rfind("/") + 1 :],
            location=f"{SCHEME}{self._bucket}/{key}",
            size_bytes=int(listed["Size"]),
            modified_ns=int(listed["LastModified"].timestamp()) * _S_TO_NS,
            digest=str(listed["ETag"]).strip('"'),
            options=self._options,
        )

    def _is_wanted(self, recording: Recording) -> bool:
        is_folder = recording.path.endswith("/")
        return not is_folder and patterns.is_wanted(recording.path, self._include, self._exclude)


def open_bucket(
    url: str, options: Mapping[str, str], *, include: Sequence[str], exclude: Sequence[str]
) -> Bucket:
    """Return the source for a URL such as `s3://bucket/prefix`. Raises `InvalidOption`.

    Endpoint and credentials are those of the settings of a blob store, or of boto3.
    """
    bucket, _, prefix = url.removeprefix(SCHEME).partition("/")
    if not bucket:
        raise InvalidOption(f"{url}: name a bucket, as in s3://bucket/prefix")
    client = s3_client.client(StoreSettings())
    return Bucket(client, bucket, prefix, options, include=include, exclude=exclude)
