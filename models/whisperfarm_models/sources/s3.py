"""Models from an S3 bucket: file by file, or archives named `whisper-<size>.tar.gz`."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from urllib3.exceptions import HTTPError

from whisperfarm_contract.problems import MissingModel, ModelSourceError
from whisperfarm_models.inventory import Model
from whisperfarm_models.lockfile import FILE_NAME, ModelLock, parse
from whisperfarm_models.sources.port import RemoteFile, TransientSourceError
from whisperfarm_models.sources.safe_names import validate_path
from whisperfarm_store.blobs.s3_errors import NOT_FOUND, code_of

_CHUNK_BYTES = 2**20
_INVENTORY_BYTES = 2**24
_PRECONDITION_FAILED = frozenset({"PreconditionFailed", "412"})


class S3Source:
    """Source in a bucket. `client` is an S3 client of boto3."""

    def __init__(self, client: Any, *, bucket: str, prefix: str) -> None:
        self._client = client
        self._bucket = bucket
        self._prefix = f"{prefix.strip('/')}/" if prefix.strip("/") else ""
        self._model_lock = self._inventory()

    @property
    def name(self) -> str:
        return f"s3://{self._bucket}/{self._prefix}"

    def list_files(self, model: Model) -> tuple[Model, Mapping[str, RemoteFile]]:
        folder = f"{self._prefix}{model.folder}/"
        locked = self._model_lock.of(model)
        listed = {file.path for file in model.files}
        found: dict[str, RemoteFile] = {}
        for key, remote_file in self._list(folder):
            path = validate_path(key.removeprefix(folder), source=f"s3://{self._bucket}/{folder}")
            if path in listed:
                found[path] = locked.verify(path, remote_file)
        return locked.at_locked_revision(model), found

    def archive(self, model: Model) -> RemoteFile | None:
        key = f"{self._prefix}whisper-{model.name}.tar.gz"
        return next((remote_file for found, remote_file in self._list(key) if found == key), None)

    @contextmanager
    def read(self, remote_file: RemoteFile, *, start: int) -> Iterator[Iterator[bytes]]:
        body = self._get(remote_file.where, start=start, tag=remote_file.tag)
        try:
            yield _chunks(body, remote_file.where)
        finally:
            body.close()

    def close(self) -> None:
        self._client.close()

    def _list(self, prefix: str) -> Iterator[tuple[str, RemoteFile]]:
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=self._bucket, Prefix=prefix
        )
        try:
            for page in pages:
                for one in page.get("Contents", ()):
                    remote_file = RemoteFile(
                        where=one["Key"], tag=one["ETag"], size_bytes=one["Size"]
                    )
                    yield one["Key"], remote_file
        except (BotoCoreError, ClientError) as error:
            raise ModelSourceError(f"cannot list s3://{self._bucket}: {error}") from error

    def _get(self, key: str, *, start: int = 0, tag: str | None = None) -> Any:
        arguments: dict[str, str] = {"Range": f"bytes={start}-"} if start else {}
        if tag:
            arguments["IfMatch"] = tag
        try:
            return self._client.get_object(Bucket=self._bucket, Key=key, **arguments)["Body"]
        except ClientError as error:
            code = code_of(error)
            where = f"s3://{self._bucket}/{key}"
            if code in NOT_FOUND:
                raise MissingModel(f"{where} does not exist") from error
            if code in _PRECONDITION_FAILED:
                raise ModelSourceError(f"{where} changed during the pull; pull again") from error
            raise ModelSourceError(f"{where}: {error}") from error
        except BotoCoreError as error:
            raise TransientSourceError(f"s3://{self._bucket}/{key}: {error}") from error

    def _inventory(self) -> ModelLock:
        key = f"{self._prefix}{FILE_NAME}"
        try:
            body = self._get(key)
        except MissingModel:
            return ModelLock()
        except TransientSourceError as error:
            raise ModelSourceError(str(error)) from error
        try:
            return parse(body.read(_INVENTORY_BYTES), where=f"s3://{self._bucket}/{key}")
        finally:
            body.close()


def _chunks(body: Any, key: str) -> Iterator[bytes]:
    try:
        while chunk := body.read(_CHUNK_BYTES):
            yield chunk
    except (BotoCoreError, HTTPError, OSError) as error:
        raise TransientSourceError(f"{key}: {error}") from error
