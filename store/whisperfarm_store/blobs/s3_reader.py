"""Reads a blob from a bucket as a seekable file."""

import io
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from botocore.exceptions import BotoCoreError

from whisperfarm_contract.problems import FarmUnavailable
from whisperfarm_store import events
from whisperfarm_store.blobs.s3_errors import translate_errors

BLOCK_BYTES = 1 << 20
_RETRY_DELAYS_S = (0.2, 1.0, 3.0)
"""Pauses before each retry, which continues a broken stream at the same position."""


class S3Reader(io.RawIOBase):
    """The bytes of one object in the version that was opened.

    Raises `ClientError` if it cannot be opened, and `FarmUnavailable` if reading fails after all
    retries: the server is unavailable, or the object was replaced.
    """

    def __init__(
        self,
        client: Any,
        location: Mapping[str, str],
        *,
        where: str,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._client = client
        self._where = where
        self._pause = pause
        self._location = location
        response = client.get_object(**location)
        self._size = int(response["ContentLength"])
        self._if_match = {"IfMatch": response["ETag"]} if response.get("ETag") else {}
        self._position = 0
        self._stream: Any = response["Body"]

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[whence]
        target = max(0, start + offset)
        if target != self._position:
            self._position = target
            self._close_stream()
        return target

    def tell(self) -> int:
        return self._position

    def readinto(self, buffer: Any) -> int:
        if self._position >= self._size:
            return 0
        data = self._read(len(buffer))
        buffer[: len(data)] = data
        self._position += len(data)
        return len(data)

    def close(self) -> None:
        self._close_stream()
        super().close()

    def _read(self, size: int) -> bytes:
        for pause_s in _RETRY_DELAYS_S:
            try:
                return self._read_once(size)
            except (BotoCoreError, OSError, FarmUnavailable) as error:
                events.blobs.read_retried.log(blobs=self._where, error=str(error))
                self._close_stream()
                self._pause(pause_s)
        with translate_errors(self._where):
            return self._read_once(size)

    def _read_once(self, size: int) -> bytes:
        if self._stream is None:
            request_range = {"Range": f"bytes={self._position}-", **self._if_match}
            with translate_errors(self._where):
                self._stream = self._client.get_object(**self._location, **request_range)["Body"]
        data: bytes = self._stream.read(size)
        if not data:
            raise FarmUnavailable("the blob store closed the connection in the middle of a blob")
        return data

    def _close_stream(self) -> None:
        if self._stream is not None:
            with suppress(Exception):  # the stream is discarded, so its errors do not matter
                self._stream.close()
            self._stream = None
