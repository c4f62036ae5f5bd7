"""Models from an S3 bucket: file by file, or archives named `whisper-<size>.tar.gz`."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from urllib3.exceptions import HTTPError

from whisperfarm_contract.problems import ModelMissing, SourceFailed
from whisperfarm_models.inventory import Model
from whisperfarm_models.lockfile import FILE_NAME, Pinned, parse
from whisperfarm_models.sources.port import Offer, SourceBroke
from whisperfarm_models.sources.safe_names import safe
from whisperfarm_store.blobs.s3_errors import NOT_FOUND, code_of

_CHUNK_BYTES = 2**20
_INVENTORY_BYTES = 2**24
_CHANGED = frozenset({"PreconditionFailed", "412"})


class S3Source:
    """Source in a bucket. `client` is an S3 client of boto3."""

    def __init__(self, client: Any, *, bucket: str, prefix: str) -> None:
        self._client = client
        self._bucket = bucket
        self._prefix = f"{prefix.strip('/')}/" if prefix.strip("/") else ""
        self._pinned = self._inventory()

    @property
    def name(self) -> str:
        return f"s3://{self._bucket}/{self._prefix}"

    def offers(self, model: Model) -> tuple[Model, Mapping[str, Offer]]:
        folder = f"{self._prefix}{model.folder}/"
        pinned = self._pinned.of(model)
        wanted = {file.path for file in model.files}
        found: dict[str, Offer] = {}
        for key, offer in self._listed(folder):
            path = safe(key.removeprefix(folder), source=f"s3://{self._bucket}/{folder}")
            if path in wanted:
                found[path] = pinned.known(path, offer)
        return pinned.revised(model), found

    def archive(self, model: Model) -> Offer | None:
        key = f"{self._prefix}whisper-{model.name}.tar.gz"
        return next((offer for found, offer in self._listed(key) if found == key), None)

    @contextmanager
    def read(self, offer: Offer, *, start: int) -> Iterator[Iterator[bytes]]:
        body = self._get(offer.where, start=start, tag=offer.tag)
        try:
            yield _chunks(body, offer.where)
        finally:
            body.close()

    def close(self) -> None:
        self._client.close()

    def _listed(self, prefix: str) -> Iterator[tuple[str, Offer]]:
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=self._bucket, Prefix=prefix
        )
        try:
            for page in pages:
                for one in page.get("Contents", ()):
                    offer = Offer(where=one["Key"], tag=one["ETag"], size_bytes=one["Size"])
                    yield one["Key"], offer
        except (BotoCoreError, ClientError) as error:
            raise SourceFailed(f"cannot list s3://{self._bucket}: {error}") from error

    def _get(self, key: str, *, start: int = 0, tag: str | None = None) -> Any:
        wanted: dict[str, str] = {"Range": f"bytes={start}-"} if start else {}
        if tag:
            wanted["IfMatch"] = tag
        try:
            return self._client.get_object(Bucket=self._bucket, Key=key, **wanted)["Body"]
        except ClientError as error:
            code = code_of(error)
            where = f"s3://{self._bucket}/{key}"
            if code in NOT_FOUND:
                raise ModelMissing(f"{where} does not exist") from error
            if code in _CHANGED:
                raise SourceFailed(f"{where} changed during the pull; pull again") from error
            raise SourceFailed(f"{where}: {error}") from error
        except BotoCoreError as error:
            raise SourceBroke(f"s3://{self._bucket}/{key}: {error}") from error

    def _inventory(self) -> Pinned:
        key = f"{self._prefix}{FILE_NAME}"
        try:
            body = self._get(key)
        except ModelMissing:
            return Pinned()
        except SourceBroke as error:
            raise SourceFailed(str(error)) from error
        try:
            return parse(body.read(_INVENTORY_BYTES), where=f"s3://{self._bucket}/{key}")
        finally:
            body.close()


def _chunks(body: Any, key: str) -> Iterator[bytes]:
    try:
        while chunk := body.read(_CHUNK_BYTES):
            yield chunk
    except (BotoCoreError, HTTPError, OSError) as error:
        raise SourceBroke(f"{key}: {error}") from error
