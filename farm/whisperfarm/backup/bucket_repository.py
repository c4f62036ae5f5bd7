"""A backup below a prefix of a bucket of S3 or a compatible server."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from whisperfarm.backup import layout
from whisperfarm.backup.bucket_lock import lock
from whisperfarm.backup.problem import BackupUnusable
from whisperfarm.backup.repository import LockedRepository
from whisperfarm_contract.problems import InvalidSettings, StorageFull
from whisperfarm_store.blobs import BlobNotFound
from whisperfarm_store.blobs.s3 import S3Blobs


class BucketRepository:
    """The objects of `blobs`. They are sent as they are read: no copy of them is made."""

    def __init__(self, blobs: S3Blobs) -> None:
        self._blobs = blobs

    @property
    def where(self) -> str:
        return self._blobs.where

    @contextmanager
    def lock(self) -> Iterator[LockedRepository]:
        self._mark()
        with lock(self._blobs) as require_lock:
            try:
                yield LockedRepository(
                    files=self._blobs,
                    blobs=self._blobs.below(layout.BLOBS),
                    require_lock=require_lock,
                )
            except StorageFull as problem:
                raise StorageFull(f"{self.where} is full; make room, or name another") from problem

    @contextmanager
    def open(self, path: str) -> Iterator[BinaryIO]:
        try:
            with self._blobs.open(path) as file:
                yield file
        except BlobNotFound as error:
            raise BackupUnusable(
                f"{self.where}{path} cannot be read (it does not exist)"
            ) from error

    def size(self, path: str) -> int | None:
        return self._blobs.size(path)

    def _mark(self) -> None:
        """Mark an empty prefix as a backup."""
        if self._blobs.size(layout.MARK) is not None:
            return
        if next(iter(self._blobs.keys()), None) is not None:
            raise InvalidSettings(
                f"{self.where} has other objects and is not a backup; name a new prefix"
            )
        self._blobs.put(layout.MARK, b"")
